import { describe, expect, test } from "vitest";
import { openCluster } from "../../../src/adapters/cluster.ts";
import { workload } from "../../../src/domain/workload.ts";
import { checkTarget } from "../../../src/traffic/check/target-check.ts";
import { curlOutput } from "../../support/curl.ts";
import { fixtureTools } from "../../support/tools.ts";

const GREEN = workload("echo-backend", "green");
const GOOD = curlOutput('{"version":"12.0"}', { color: "green" });

interface PodFixture {
  name: string;
  podIP?: string;
  ready?: boolean;
  deletionTimestamp?: string;
}

const pod = ({ name, podIP = "10.0.0.1", ready = true, deletionTimestamp }: PodFixture) => ({
  kind: "Pod",
  metadata: { name, ...(deletionTimestamp !== undefined && { deletionTimestamp }) },
  spec: {
    containers: [
      { ports: [{ containerPort: 15_090 }] },
      {
        ports: [
          { name: "admin", containerPort: 9090 },
          { name: "http", containerPort: 8080 },
        ],
      },
    ],
  },
  status: { podIP, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
});
const deployment = (replicas: number) => ({
  kind: "Deployment",
  metadata: { name: "echo-backend-green" },
  spec: { replicas },
});
const autoscaler = (maxReplicas: number, { labels = {}, conditions = [] as object[] } = {}) => ({
  metadata: { name: "green-hpa", labels },
  spec: { maxReplicas, scaleTargetRef: { kind: "Deployment", name: "echo-backend-green" } },
  status: { conditions },
});
const OTHERS = {
  ...autoscaler(1),
  spec: { maxReplicas: 1, scaleTargetRef: { kind: "Deployment", name: "other" } },
};
const podsNamed = (...names: string[]) =>
  names.map((name, index) => pod({ name, podIP: `10.0.0.${index + 1}` }));

interface Fixture {
  pods?: object[];
  replicas?: number;
  autoscalers?: object[];
  /** What the jumpbox prints. Default: a good response of the Service and of each pod. */
  output?: string;
  /** The first output, before `output`. */
  firstOutput?: string;
  need?: number;
  context?: string;
}

/** Checks green. @returns the notes, and the URLs of each round of requests */
async function check(fixture: Fixture = {}) {
  const {
    pods = podsNamed("green-1"),
    replicas = pods.length,
    autoscalers = [],
    need = 1,
    context,
  } = fixture;
  const { output = GOOD.repeat(pods.length + 1), firstOutput } = fixture;
  const calls = fixtureTools({
    kubectl: [
      { when: "get deployments,pods", stdout: JSON.stringify({ items: [deployment(replicas), ...pods] }) },
      { when: "get horizontalpodautoscalers", stdout: JSON.stringify({ items: autoscalers }) },
      ...(firstOutput === undefined ? [] : [{ when: "exec", stdout: firstOutput, once: true }]),
      { when: "exec", stdout: output },
    ],
    helm: [
      { when: "version --short", stdout: "v4.1.4" },
      { when: "get values", stdout: '{"version":"12.0"}' },
    ],
  });
  const notes: string[] = [];
  const cluster = openCluster({ ...(context !== undefined && { context }) });
  await checkTarget(GREEN, { ready: need, reason: "the reason" }, cluster, {
    onNote: (text) => void notes.push(text),
  });
  const execs = calls().flatMap(({ args }) => (args.includes("exec") ? [args] : []));
  const requests = execs.map((args) => args.filter((word) => word.startsWith("http://")));
  return { notes, requests };
}

const failure = (fixture: Fixture) =>
  check(fixture).then(
    () => "accepted",
    (error: Error) => error.message,
  );

const SERVICE = "http://echo-backend-green.demos.svc.cluster.local:80";

describe("a target", () => {
  test("that does not exist is refused as not deployed, not as no release, whichever is known first", async () => {
    fixtureTools({
      kubectl: [{ when: "get", stdout: '{"items":[]}' }],
      helm: [{ when: "get values", stderr: "Error: release: not found", exitCode: 1 }],
    });
    await expect(checkTarget(GREEN, { ready: 1, reason: "" }, openCluster({}))).rejects.toThrow(
      "echo-backend-green is not deployed in namespace demos. Release it first: pnpm release",
    );
  });

  test("is accepted if its Service and each of its ready pods respond with its version and colour", async () => {
    const pods = [
      ...podsNamed("green-1", "green-2"),
      pod({ name: "ipv6", podIP: "fd00::1" }),
      pod({ name: "starting", ready: false }),
      pod({ name: "leaving", deletionTimestamp: "2026-01-02T03:04:05Z" }),
    ];
    const { notes, requests } = await check({ pods, need: 3, output: GOOD.repeat(4) });
    expect(requests).toEqual([
      [SERVICE, "http://10.0.0.1:8080", "http://10.0.0.2:8080", "http://[fd00::1]:8080"],
    ]);
    expect(notes).toEqual([]);
  });

  test("gets another request where none had a version", async () => {
    const { requests } = await check({
      firstOutput: GOOD + curlOutput('{"message":"Simulated Error"}', { status: 500, color: "green" }),
      output: GOOD,
    });
    expect(requests).toEqual([[SERVICE, "http://10.0.0.1:8080"], ["http://10.0.0.1:8080"]]);
  });

  test.each([
    [
      "version",
      curlOutput('{"version":"11.0"}', { color: "green" }),
      'must return version 12.0, as released, but returns: {"version":"11.0"}',
    ],
    [
      "colour",
      curlOutput('{"version":"12.0"}', { color: "blue" }),
      "must return the header x-echo-color: green, but returns: blue. Its setting COLOR is wrong.",
    ],
    [
      "header",
      curlOutput('{"version":"12.0"}'),
      "must return the header x-echo-color: green, but returns: none. Its setting COLOR is wrong.",
    ],
  ])("is refused if one of its pods has another %s", async (_what, response, reason) => {
    const pods = podsNamed("green-1", "green-2");
    expect(await failure({ pods, output: `${GOOD}${GOOD}${response}` })).toBe(
      `pod green-2 (http://10.0.0.2:8080) ${reason}`,
    );
  });

  test("is refused if its Service leads elsewhere", async () => {
    const output = curlOutput('{"version":"11.0"}', { color: "blue" }) + GOOD;
    expect(await failure({ output })).toContain(`${SERVICE} must return version 12.0`);
  });
});

describe("a target without enough ready pods is refused with the missing number and a command", () => {
  const SET = "helm -n demos upgrade echo-backend-green charts/echo-backend --reset-then-reuse-values --set";
  const HELM_4 = "--server-side true --force-conflicts --wait";

  test("that sets the chart's replicas", async () => {
    expect(await failure({ need: 4 })).toBe(
      `echo-backend-green has 1 ready pod, expected 4 (the reason). 3 missing.\nAdd them: ${SET} replicas=4 ${HELM_4}\nTo do with fewer: --min-ready 1`,
    );
  });

  test("with the context", async () => {
    expect(await failure({ need: 2, context: "other" })).toContain(
      "helm -n demos --kube-context other upgrade",
    );
    const pods = [pod({ name: "starting", ready: false })];
    expect(await failure({ pods, context: "other" })).toContain("kubectl --context other -n demos describe");
  });

  test("that shows why pods are not ready, if the Deployment wants enough", async () => {
    const pods = [pod({ name: "starting", ready: false })];
    expect(await failure({ pods, replicas: 1 })).toBe(
      "echo-backend-green has no ready pods, expected 1 (the reason). 1 missing.\nSee why its pods are not ready: kubectl -n demos describe pods -l app=echo-backend-green",
    );
  });

  test("that sets the chart's maxReplicas, if its autoscaler may not add enough", async () => {
    const labels = { "app.kubernetes.io/instance": "echo-backend-green" };
    expect(await failure({ need: 4, autoscalers: [OTHERS, autoscaler(3, { labels })] })).toBe(
      `echo-backend-green has 1 ready pod, and its autoscaler adds up to 3 (maxReplicas), expected 4 (the reason). 1 missing.\nLet the autoscaler add them: ${SET} autoscaling.maxReplicas=4 ${HELM_4}\nTo do with fewer: --min-ready 3`,
    );
  });

  test("that sets the maxReplicas of an autoscaler that someone has created by hand", async () => {
    expect(await failure({ need: 4, autoscalers: [autoscaler(3)] })).toContain(
      ` kubectl -n demos patch hpa green-hpa --type merge -p '{"spec":{"maxReplicas":4}}'`,
    );
  });

  test("also if its autoscaler could add pods, but none is ready", async () => {
    expect(await failure({ pods: [], replicas: 0, autoscalers: [autoscaler(9)] })).toContain(
      "echo-backend-green has no ready pods, expected 1 (the reason). 1 missing.",
    );
  });
});

describe("the maxReplicas of an autoscaler", () => {
  test("counts, and the user learns it", async () => {
    const { notes } = await check({ need: 4, autoscalers: [OTHERS, autoscaler(6)] });
    expect(notes).toEqual([
      "An autoscaler owns echo-backend-green: its maxReplicas 6 counts. 1 ready pod, expected 4 (the reason).",
    ]);
  });

  test("counts with a warning if the autoscaler cannot scale now", async () => {
    const conditions = [{ type: "ScalingActive", status: "False", reason: "FailedGetResourceMetric" }];
    const { notes } = await check({ need: 4, autoscalers: [autoscaler(6, { conditions })] });
    expect(notes[0]).toMatch(/the reason\)\. It cannot scale now: FailedGetResourceMetric\.$/);
  });

  test("of another workload does not count", async () => {
    expect(await failure({ need: 2, autoscalers: [OTHERS] })).toContain("1 missing");
  });
});
