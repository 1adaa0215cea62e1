import { describe, expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { checkQuota } from "../../src/release/quota.ts";
import { startCommand } from "../support/command.ts";
import { releaseTools } from "../support/release.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

const RESOURCES = { requests: { cpu: "100m", memory: "100Mi" }, limits: { memory: "200Mi" } };

/** The manifest of a backend, as helm prints it. */
function manifestOf({ replicas = 2, digest = "a", resources = RESOURCES, serviceType = "ClusterIP" } = {}) {
  const metadata = { name: "echo-backend-blue" };
  const containers = [{ name: "echo-backend", image: `echo-backend@${digest}`, resources }];
  const template = { metadata: {}, spec: { containers } };
  const objects = [
    { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas, template } },
    { apiVersion: "v1", kind: "Service", metadata, spec: { type: serviceType, ports: [{ port: 80 }] } },
  ];
  return objects.map((object) => JSON.stringify(object)).join("\n---\n");
}

interface Limits {
  hard: Record<string, string>;
  used?: Record<string, string>;
  scopes?: string[];
  scopeSelector?: object;
}

function quotas(...all: Limits[]): Answer {
  const items = all.map(({ used, ...spec }) => ({
    metadata: { name: "class" },
    spec,
    status: used && { used },
  }));
  return { when: "get resourcequotas", stdout: JSON.stringify({ items }) };
}

/** Pods of blue, in these phases. */
function pods(...phases: string[]): Answer {
  const items = phases.map((phase, index) => ({
    metadata: { name: `echo-backend-blue-${index}`, labels: { app: "echo-backend-blue" } },
    spec: { containers: [{ resources: RESOURCES }] },
    status: { phase },
  }));
  return { when: "get pods", stdout: JSON.stringify({ items }) };
}

/** Checks a release of the manifest in the namespace of the jumpbox, or in another one. */
async function problemOf(quota: Answer, manifest = manifestOf(), present = pods(), namespace?: string) {
  fixtureTools({ helm: [], kubectl: [quota, present] });
  const cluster = openCluster(namespace === undefined ? {} : { namespace });
  return (await checkQuota(async () => [{ wanted: manifest }], cluster))?.problem;
}

describe("a quota", () => {
  test("that is too small is named with what is needed, and what is left of each resource", async () => {
    const quota = quotas({
      hard: { pods: "4", "requests.cpu": "500m", memory: "1Gi", "limits.memory": "1Gi", "limits.cpu": "4" },
      used: { pods: "3", "requests.cpu": "400m", memory: "100Mi", "limits.memory": "800Mi" },
    });
    expect(await problemOf(quota)).toBe(
      "the quota of namespace demos has too little left. class: pods: 2 more needed, 1 left of 4; requests.cpu: 200m more needed, 100m left of 500m; limits.memory: 400Mi more needed, 224Mi left of 1Gi",
    );
  });

  test("needs room for the jumpbox in the same namespace too", async () => {
    const quota = quotas({ hard: { pods: "2" } });
    expect(await problemOf(quota)).toBeUndefined();
    expect(await problemOf(quota, manifestOf(), pods(), "s1")).toContain("pods: 3 more needed, 2 left of 2");
  });

  test("needs room for the one pod that a rollout adds, and for new replicas", async () => {
    const full = { hard: { pods: "2" }, used: { pods: "2" } };
    const present = pods("Running", "Pending", "Failed");
    expect(await problemOf(quotas(full), manifestOf(), present)).toContain(
      "pods: 1 more needed, 0 left of 2",
    );
    expect(await problemOf(quotas(full), manifestOf({ replicas: 4 }), present)).toContain(
      "pods: 3 more needed, 0 left of 2",
    );
    const enough = { hard: { pods: "3" }, used: { pods: "2" } };
    expect(await problemOf(quotas(enough), manifestOf(), present)).toBeUndefined();
  });

  test("counts a limit as the request of a container without one", async () => {
    const manifest = manifestOf({
      resources: { requests: { cpu: "1", memory: "" }, limits: { memory: "2Gi" } },
    });
    const quota = quotas({ hard: { cpu: "1", memory: "1Gi" } });
    const withoutRequest = manifest.replace(',"memory":""', "");
    expect(await problemOf(quota, withoutRequest)).toContain(
      "cpu: 2000m more needed, 1000m left of 1; memory: 4096Mi more needed, 1024Mi left of 1Gi",
    );
  });

  test("may limit objects: Services, their node ports, and the Secrets of helm", async () => {
    const quota = quotas({ hard: { services: "0", "services.nodeports": "0", "count/secrets": "0" } });
    expect(await problemOf(quota, manifestOf({ serviceType: "NodePort" }))).toContain(
      "services: 1 more needed, 0 left of 0; services.nodeports: 1 more needed, 0 left of 0; count/secrets: 1 more needed, 0 left of 0",
    );
    expect(await problemOf(quotas({ hard: { "services.loadbalancers": "0" } }))).toBeUndefined();
  });

  test("of other pods does not count", async () => {
    for (const scope of [
      { scopes: ["Terminating"] },
      { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "Exists" }] } },
    ])
      expect(await problemOf(quotas({ hard: { pods: "0" }, ...scope }))).toBeUndefined();
    expect(await problemOf(quotas({ hard: { pods: "0" }, scopes: ["NotTerminating"] }))).toContain("pods");
  });

  test("that this user may not list is not checked", async () => {
    const stderr =
      'Error from server (Forbidden): resourcequotas is forbidden: User "ada" cannot list resource';
    expect(await problemOf({ when: "get resourcequotas", stderr, exitCode: 1 })).toBeUndefined();
  });
});

/** Checks a release of the manifest with these answers of kubectl. */
function check(...kubectl: Answer[]) {
  const calls = fixtureTools({ helm: [], kubectl: [...kubectl, pods()] });
  return { problem: checkQuota(async () => [{ wanted: manifestOf() }], openCluster({})), calls };
}

describe("a quota on a limit that the pods do not have", () => {
  const quota = quotas({ hard: { pods: "9", "limits.cpu": "4" } });
  const stderr =
    'Error from server (Forbidden): error when creating "STDIN": pods "echo-backend-blue-x" is forbidden: failed quota: class: must specify limits.cpu for: echo-backend';
  const dryRun = { when: "create --dry-run=server", stderr, exitCode: 1 };

  test("is a problem that names the limit, and the value that sets it", async () => {
    const { problem, calls } = check(quota, dryRun);
    expect(await problem).toEqual({
      problem:
        "the quota of namespace demos refuses each pod of echo-backend-blue: class: must specify limits.cpu for: echo-backend",
      remedy:
        "Set the chart's value resources, or ask for a LimitRange with defaults: see docs/classroom.md.",
    });
    const pod = JSON.parse(calls().find(({ args }) => args.includes("--dry-run=server"))?.stdin ?? "");
    expect(pod).toMatchObject({
      kind: "Pod",
      metadata: { generateName: "echo-backend-blue-", namespace: "demos" },
      spec: { containers: [{ resources: RESOURCES }] },
    });
  });

  test.each([
    ["a LimitRange adds it", []],
    [
      "this user may not create pods",
      [{ ...dryRun, stderr: "Error from server (Forbidden): pods is forbidden" }],
    ],
  ])("is none if %s", async (_why, kubectl) => {
    expect(await check(quota, ...kubectl).problem).toBeUndefined();
  });

  test("is not looked for if the pods have all limits of the quota", async () => {
    const { problem, calls } = check(quotas({ hard: { pods: "9", "limits.memory": "4Gi" } }), dryRun);
    expect(await problem).toBeUndefined();
    expect(calls().some(({ args }) => args.includes("--dry-run=server"))).toBe(false);
  });
});

const preview = (when: string, manifest: string): Answer => ({ when, stdout: JSON.stringify({ manifest }) });
/** Blue is installed with two pods, and its quota has no room for a third. */
const FULL = {
  helm: [
    { when: " status echo-backend-blue ", stdout: '{"version":1,"info":{"status":"deployed"}}' },
    { when: "get manifest", stdout: manifestOf() },
  ],
  kubectl: [
    quotas({ hard: { pods: "2" }, used: { pods: "2" } }),
    pods("Running", "Running"),
    {
      when: "get -n demos",
      stdout: JSON.stringify({
        items: manifestOf()
          .split("\n---\n")
          .map((text) => JSON.parse(text)),
      }),
    },
    { when: "replace", stdout: manifestOf().replace("\n---\n", "\n") },
  ],
};

/** Releases blue. @returns the result, and the calls that build or deploy */
async function release(fixture: Parameters<typeof releaseTools>[0], ...args: string[]) {
  const { calls } = releaseTools(fixture);
  const { exitCode, stdout, stderr } = await startCommand(
    "release:blue",
    "--registry",
    "registry.example",
    "--yes",
    ...args,
  );
  const lines = calls().map(({ tool, args: words }) => [tool, ...words].join(" "));
  return {
    ...{ exitCode, stdout, stderr },
    builds: lines.filter((line) => line.includes(" build ")),
    deploys: lines.filter((line) => /^helm.* --wait\b/.test(line)),
  };
}

describe("pnpm release", () => {
  test.each([[[]], [["--dry-run"]]])(
    "refuses an exhausted quota before anything is built: %j",
    async (args) => {
      const { exitCode, stderr, builds, deploys } = await release(
        {
          helm: [preview("--dry-run", manifestOf())],
          kubectl: [quotas({ hard: { pods: "1" } }), pods()],
        },
        ...args,
      );
      expect(exitCode).toBe(1);
      expect(stderr).toContain(
        "Not started, nothing was changed:\n  ✗ the quota of namespace demos has too little",
      );
      expect(stderr).toContain("class: pods: 2 more needed, 1 left of 1");
      expect(stderr).toContain("see docs/classroom.md");
      expect([...builds, ...deploys]).toEqual([]);
    },
  );

  test("changes nothing in a full namespace in which everything is up to date", async () => {
    const { exitCode, stdout, stderr } = await release({
      ...FULL,
      helm: [...FULL.helm, preview("--dry-run", manifestOf())],
    });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(
      "echo-backend-blue (registry=registry.example, color=blue, version=11.0): unchanged",
    );
  });

  test("deploys nothing if only the build shows that pods change, and there is no room for that", async () => {
    const { exitCode, stderr, builds, deploys } = await release({
      ...FULL,
      helm: [
        ...FULL.helm,
        preview("digest=sha256", manifestOf({ digest: "b" })),
        preview("--dry-run", manifestOf()),
      ],
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "The images are in the registry; nothing is deployed yet: the quota of namespace demos",
    );
    expect(stderr).toContain("class: pods: 1 more needed, 0 left of 2");
    expect(builds).toHaveLength(1);
    expect(deploys).toEqual([]);
  });
});
