import Fastify from "fastify";

// The framework as its own quick start has it: no log, no metrics.
const app = Fastify();
app.get("/", async () => ({ version: "11.0" }));
await app.listen({ port: Number(process.env.PORT) });
