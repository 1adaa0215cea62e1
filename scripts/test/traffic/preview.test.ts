import { describe, expect, onTestFinished, test, vi } from "vitest";
import { preview } from "../../src/traffic/preview.ts";
import { CONTEXT } from "../support/context.ts";
import { curlOutput } from "../support/curl.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

const VALUES = {
  mode: "gateway",
  backend: { weights: { blue: 100, green: 0 } },
  frontend: { enabled: false, weights: { blue: 100, green: 0 } },
  preview: { enabled: true },
};
const ECHO = '{"backend":"12.0","version":"2.0"}';
const GREEN_BEHIND_BLUE = { color: "blue", backendColor: "green" };
const fromGreen: Answer = { when: "exec", stdout: curlOutput(ECHO, GREEN_BEHIND_BLUE) };

const DEPLOYMENT = { kind: "Deployment", metadata: { name: "echo-frontend-blue" }, spec: {} };

/** Previews green through a cluster that answers so. */
async function run({
  answers = [fromGreen],
  values = VALUES,
  deployed = true,
  url,
}: { answers?: Answer[]; values?: object; deployed?: boolean; url?: string } = {}) {
  const calls = fixtureTools({
    helm: [
      { when: "status", stdout: '{"version":7,"info":{"status":"deployed"}}' },
      { when: "get values", stdout: JSON.stringify(values) },
    ],
    kubectl: [
      { when: "get pod jumpbox", stdout: '{"metadata":{},"status":{"phase":"Running"}}' },
      { when: "get deployments,pods", stdout: JSON.stringify({ items: deployed ? [DEPLOYMENT] : [] }) },
      { when: "get horizontalpodautoscalers", stdout: '{"items":[]}' },
      ...answers,
    ],
  });
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
  const error: unknown = await preview("green", url, {}, CONTEXT).catch((cause: unknown) => cause);
  const curls = calls().flatMap(({ args }) => (args.includes("exec") ? [args] : []));
  return { error, curls, output: write.mock.calls.map(([text]) => text).join("") };
}

test("prints five responses of the frontend, whose backend has the colour", async () => {
  const { error, curls, output } = await run();
  expect(error).toBeUndefined();
  expect(curls).toHaveLength(5);
  for (const args of curls) expect(args).toContain("x-echo-preview: green");
  expect(output.split("\n")).toEqual([
    "http://echo-frontend-blue.demos.svc.cluster.local:80 with the header x-echo-preview: green:",
    ...Array.from({ length: 5 }, () => `200 ${ECHO}`),
    "All 5 responses came from green.",
    "",
  ]);
});

test.each([
  [
    "the frontend's stable name if it exists",
    { values: { ...VALUES, frontend: { ...VALUES.frontend, enabled: true } } },
    "echo-frontend",
  ],
  ["the backends' stable name if no frontend is deployed", { deployed: false }, "echo-backend"],
])("requests %s", async (_what, cluster, name) => {
  const { curls } = await run(cluster);
  expect(curls[0]?.at(-1)).toBe(`http://${name}.demos.svc.cluster.local:80`);
});

test("requests a given URL, such as that of a backend, which names its own colour", async () => {
  const url = "http://echo-backend";
  const { error, curls } = await run({
    url,
    answers: [{ when: "exec", stdout: curlOutput('{"version":"12.0"}', { color: "green" }) }],
  });
  expect(error).toBeUndefined();
  expect(curls[0]?.at(-1)).toBe(url);
});

const once = (stdout: string): Answer => ({ when: "exec", stdout, once: true });

describe("fails", () => {
  test.each([
    [
      "another colour responds",
      [once(curlOutput('{"backend":"11.0"}', { color: "blue", backendColor: "blue" })), fromGreen],
      /^1 of 5 responses did not come from green.*release:frontend/,
    ],
    [
      "a frontend names no colour",
      [{ when: "exec", stdout: curlOutput('{"backend":"12.0"}', { color: "blue" }) }],
      /^5 of 5 responses did not come from green/,
    ],
    [
      "a response is an error",
      [once(curlOutput("Simulated Error", { ...GREEN_BEHIND_BLUE, status: 500 })), fromGreen],
      /^1 of 5 requests to green failed/,
    ],
    [
      "there is no response",
      [{ when: "exec", stdout: curlOutput("", { status: 0 }) }],
      /^5 of 5 requests to green failed/,
    ],
  ])("if %s", async (_what, answers, message) => {
    expect(String((await run({ answers })).error).replace(/^\w*: /, "")).toMatch(message);
  });

  test.each([
    ["in mode service", { ...VALUES, mode: "service" }, "Mode service has no preview"],
    [
      "if it is off",
      { ...VALUES, preview: { enabled: false } },
      "The preview is off: expected the value preview.enabled=true",
    ],
    ["of an older chart", { ...VALUES, preview: undefined }, "The preview is off"],
  ])("%s, without a request", async (_what, values, message) => {
    const { error, curls } = await run({ values });
    expect(String(error)).toContain(message);
    expect(curls).toEqual([]);
  });
});

test("shows no control characters of a response", async () => {
  const { output } = await run({
    answers: [{ when: "exec", stdout: curlOutput("\u001b[31mred", GREEN_BEHIND_BLUE) }],
  });
  expect(output).toContain("200 [31mred\n");
});
