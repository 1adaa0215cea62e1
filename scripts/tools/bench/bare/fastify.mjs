import Fastify from "fastify";

// Fastify as in its own quick start: no log, no metrics.
const app = Fastify();
app.get("/", async () => ({ version: "11.0" }));
await app.listen({ port: Number(process.env.PORT) });
