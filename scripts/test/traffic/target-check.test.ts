import { expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { checkResponse, checkTarget } from "../../src/traffic/target-check.ts";
import { fixtureTools } from "../support/tools.ts";

const GREEN = { name: "echo-backend-green", color: "green" } as const;

/** Checks green, whose response is `stdout`. */
function check(stdout: string, readyReplicas = 1) {
  fixtureTools({
    kubectl: [
      { when: "get deployment", stdout: JSON.stringify({ spec: {}, status: { readyReplicas } }) },
      { when: "exec", stdout },
    ],
    helm: [{ when: "get values", stdout: '{"version":"12.0"}' }],
  });
  return checkTarget(GREEN, openCluster({}));
}

test("a target with ready pods, its version and its colour is accepted", async () => {
  await expect(check('{"version":"12.0"}\nx-echo-color: green')).resolves.toBeUndefined();
});

test.each([
  [
    "without ready pods",
    '{"version":"12.0"}\nx-echo-color: green',
    0,
    "echo-backend-green has no ready pods.",
  ],
  ["of another version", '{"version":"11.0"}\nx-echo-color: green', 1, 'but returns: {"version":"11.0"}\n'],
  [
    "of another colour",
    '{"version":"12.0"}\nx-echo-color: blue',
    1,
    "x-echo-color: green, but returns: blue.",
  ],
  ["without a colour", '{"version":"12.0"}\nx-echo-color: ', 1, "x-echo-color: green, but returns: none."],
])("a target %s is refused before any traffic moves", async (_what, stdout, readyReplicas, reason) => {
  const checked = check(stdout, readyReplicas);
  await expect(checked).rejects.toThrow(reason);
  await expect(checked).rejects.toThrow("No traffic was moved.");
});

const respond = async () => ({ body: '{"version":"13.0"}', color: "green" });

test("a target whose version nothing else tells may return any version, with its own colour", async () => {
  await expect(checkResponse({ url: "http://a", color: "green" }, respond)).resolves.toBeUndefined();
  await expect(checkResponse({ url: "http://a", color: "blue" }, respond)).rejects.toThrow(
    "x-echo-color: blue, but returns: green.",
  );
});
