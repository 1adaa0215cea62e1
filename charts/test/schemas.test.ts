import { expect, test } from "vitest";
import { validate } from "./support/schemas.ts";

const service = { apiVersion: "v1", kind: "Service", metadata: { name: "echo", labels: { app: "echo" } } };

test("an object as Kubernetes knows it passes", () => {
  expect(() => validate({ ...service, spec: { ports: [{ port: 80, targetPort: "http" }] } })).not.toThrow();
});

test("a field of the wrong type is refused", () => {
  expect(() => validate({ ...service, spec: { ports: [{ port: "80" }] } })).toThrow(/port/);
});

test("a missing field is refused", () => {
  expect(() => validate({ ...service, spec: { ports: [{ name: "http" }] } })).toThrow(/port/);
});

test("a misspelt field is refused", () => {
  expect(() => validate({ ...service, spec: { ports: [{ port: 80, tragetPort: "http" }] } })).toThrow(
    "Service has unknown fields: .spec.ports.0.tragetPort",
  );
});

test("a kind without a schema is refused", () => {
  expect(() => validate({ ...service, kind: "Sirvice" })).toThrow(/no schema/);
});
