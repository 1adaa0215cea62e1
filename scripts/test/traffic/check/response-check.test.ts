import { expect, test } from "vitest";
import { checkResponses } from "../../../src/traffic/check/response-check.ts";

const respond = async () => [{ body: '{"version":"13.0"}', color: "green" }];
const find = async () => [{ name: "a", url: "http://a" }];

test("a target whose version nothing else tells may return any version, with its own colour", async () => {
  await expect(checkResponses(find, { color: "green" }, respond)).resolves.toBeUndefined();
  await expect(checkResponses(find, { color: "blue" }, respond)).rejects.toThrow(
    "x-echo-color: blue, but returns: green.",
  );
});
