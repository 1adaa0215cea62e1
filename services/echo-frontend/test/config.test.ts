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

const URL_OR_NONE = "none, or a URL that begins with http:// or https://, without user and password";

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

test.each([
  ["BACKEND", "http://user:secret@host", "http://***@host"],
  ["BACKEND", "http://secret@host/a?b", "http://***@host/a?b"],
  ["BACKEND", "http://:secret@host", "http://***@host"],
  ["BACKEND", "http:user:secret@host", "***@host"],
  ["BACKEND", "ftp://user:secret@host", "ftp://***@host"],
  ["BACKEND", "user:secret@host", "***@host"],
  ["BACKEND", "http://user:se/cret@host", "http://***@host"],
  ["BACKEND", "http://user:secret@ho@st", "http://***@st"],
  ["EC2_METADATA_URL", "http://user:secret@169.254.169.254", "http://***@169.254.169.254"],
  ["NODE_IP", "http://user:secret@10.0.0.1", "http://***@10.0.0.1"],
  ["COLOR", "user:secret@blue", "***@blue"],
])("rejects %s=%s without repeating the credentials", (name, value, shown) => {
  expect(() => parseConfig(frontendSchema, { [name]: value })).toThrow(
    `Invalid ${name} "${shown}": expected`,
  );
});

test("accepts an @ in a path", () => {
  expect(parseConfig(frontendSchema, { BACKEND: "http://host/a@b" }).BACKEND?.pathname).toBe("/a@b");
});
