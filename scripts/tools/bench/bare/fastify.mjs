import Fastify from "fastify";
import { collectDefaultMetrics, Histogram, register } from "prom-client";

// Fastify, pino and prom-client as their own documentation combines them.
const app = Fastify({ logger: true });
collectDefaultMetrics();
const duration = new Histogram({
  name: "http_request_duration_seconds",
  help: "Time of a request.",
  labelNames: ["method", "route", "status"],
});
app.addHook("onResponse", async ({ method, routeOptions }, reply) => {
  const labels = { method, route: routeOptions.url, status: reply.statusCode };
  duration.observe(labels, reply.elapsedTime / 1000);
});
app.get("/", async () => ({ version: "11.0" }));
app.get("/metrics", async (_request, reply) =>
  reply.type(register.contentType).send(await register.metrics()),
);
await app.listen({ port: Number(process.env.PORT) });
