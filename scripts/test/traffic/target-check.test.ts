import { describe, expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import {
  checkPreview,
  checkResponse,
  checkTarget,
  type TargetResponse,
} from "../../src/traffic/target-check.ts";
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

describe("the preview of a target", () => {
  const stable = "http://echo-backend";
  const target = { url: stable, version: "12.0", color: "green" } as const;
  const green = { body: '{"version":"12.0"}\n', color: "green" };
  const blue = { body: '{"version":"11.0"}\n', color: "blue" };

  /** Checks a preview with these responses, the last of them again and again. */
  const checkWith = (responses: (TargetResponse | undefined)[], timeoutMs: number) => {
    let at = 0;
    return checkPreview(target, async () => responses[Math.min(at++, responses.length - 1)], { timeoutMs });
  };

  test("may reach another colour until the gateway has its rule", async () => {
    await expect(checkWith([undefined, blue, green], 60_000)).resolves.toBeUndefined();
  });

  test.each([
    ["another colour", blue, '{"version":"11.0"} of blue.'],
    [
      "another version of the colour",
      { ...green, body: '{"version":"11.0"}' },
      '{"version":"11.0"} of green.',
    ],
    ["a gateway without a route", { body: "404 page not found", color: "" }, "page not found of no colour."],
    ["nothing", undefined, "nothing of no colour."],
  ])("that reaches %s is refused, with the response", async (_what, response, shown) => {
    const checked = checkWith([response], 0);
    await expect(checked).rejects.toThrow(
      "http://echo-backend must return version 12.0 of green to a request with the header x-echo-preview: green, but returns: ",
    );
    await expect(checked).rejects.toThrow(shown);
    await expect(checked).rejects.toThrow("No traffic was moved.");
  });

  test("is requested from the stable name, with the header", async () => {
    const calls = fixtureTools({
      kubectl: [
        { when: "get deployment", stdout: JSON.stringify({ spec: {}, status: { readyReplicas: 1 } }) },
        { when: "exec", stdout: '{"version":"12.0"}\nx-echo-color: green' },
      ],
      helm: [{ when: "get values", stdout: '{"version":"12.0"}' }],
    });
    await checkTarget(GREEN, openCluster({}), { preview: stable });
    const curls = calls().flatMap(({ args }) => (args.includes("curl") ? [args] : []));
    expect(curls.map((args) => args.at(-1))).toEqual([
      "http://echo-backend-green.demos.svc.cluster.local:80",
      stable,
    ]);
    expect(curls.map((args) => args.includes("x-echo-preview: green"))).toEqual([false, true]);
  });
});
