import { expect, test } from "vitest";
import { validate } from "./schemas.ts";

const service = { apiVersion: "v1", kind: "Service", metadata: { name: "echo", labels: { app: "echo" } } };

test("accepts a valid object", () => {
  expect(() => validate({ ...service, spec: { ports: [{ port: 80, targetPort: "http" }] } })).not.toThrow();
});

test("rejects a field of the wrong type", () => {
  expect(() => validate({ ...service, spec: { ports: [{ port: "80" }] } })).toThrow(/port/);
});

test("rejects an object without a required field", () => {
  expect(() => validate({ ...service, spec: { ports: [{ name: "http" }] } })).toThrow(/port/);
});

test("rejects a misspelled field", () => {
  expect(() => validate({ ...service, spec: { ports: [{ port: 80, tragetPort: "http" }] } })).toThrow(
    "Unknown fields of Service: .spec.ports.0.tragetPort",
  );
});

test("rejects a kind without a schema", () => {
  expect(() => validate({ ...service, kind: "Sirvice" })).toThrow(/Missing schema/);
});
