import { ConfigError, parseConfig } from "@echo/kit";
import { expect, test } from "vitest";
import { frontendSchema } from "../src/config.ts";

test("has no upstream by default", () => {
  expect(parseConfig(frontendSchema, { BACKEND: "none", NODE_IP: "" })).toMatchObject({
    BACKEND: undefined,
    BACKEND_TIMEOUT_MS: 2000,
    BACKEND_CONNECTION_MAX_AGE_MS: 5000,
    NODE_IP: "",
    EC2_METADATA_URL: undefined,
    WORK_ITERATIONS: 0,
  });
});

test.each(["10.0.0.1", "fd00::12"])("accepts NODE_IP=%s", (address) => {
  expect(parseConfig(frontendSchema, { NODE_IP: address }).NODE_IP).toBe(address);
});

const URL_OR_NONE = "none, or a URL that begins with http:// or https://";

test.each([
  ["BACKEND", "echo-backend:80", URL_OR_NONE],
  ["BACKEND", "http://", URL_OR_NONE],
  ["EC2_METADATA_URL", "169.254.169.254", URL_OR_NONE],
  ["BACKEND_TIMEOUT_MS", "0", "a whole number from 1 to 3600000"],
  ["BACKEND_CONNECTION_MAX_AGE_MS", "-5", "a whole number from 1 to 3600000"],
  ["NODE_IP", "10.0.0.256", "an IP address"],
  ["NODE_IP", "cafe", "an IP address"],
  ["WORK_ITERATIONS", "1e6", "a whole number from 0 to 1000000000"],
])("rejects %s=%s", (name, value, expected) => {
  expect(() => parseConfig(frontendSchema, { [name]: value })).toThrow(
    new ConfigError(`Invalid ${name} "${value}": expected ${expected}`),
  );
});
