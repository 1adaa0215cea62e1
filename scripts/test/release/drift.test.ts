import { describe, expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { describeDrift, findDrift, repair, sameManifest } from "../../src/release/drift.ts";
import { fixtureTools } from "../support/tools.ts";

const cluster = openCluster({});

interface Spec {
  replicas?: number | undefined;
  image?: string;
  env?: { name: string; value: string }[];
  annotations?: Record<string, string>;
}

function deployment({ replicas, image = "a:1", env = [], annotations = {} }: Spec = {}) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "a", labels: { app: "a" } },
    spec: {
      ...(replicas !== undefined && { replicas }),
      template: { metadata: { annotations }, spec: { containers: [{ name: "a", image, env }] } },
    },
  };
}

const AUTOSCALER = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "a" },
  spec: { minReplicas: 2, scaleTargetRef: { name: "a" } },
};

/** A manifest as helm prints it: JSON is YAML too. */
function manifest(...objects: object[]): string {
  return objects.map((object) => `---\n# Source: a\n${JSON.stringify(object)}\n`).join("");
}

/** A cluster with these objects, where the API server makes of a replacement what `restored` says. */
function clusterWith(live: readonly object[], restored: readonly object[] = live) {
  return fixtureTools({
    kubectl: [
      { when: "get -n demos", stdout: JSON.stringify({ items: live }) },
      {
        when: "replace -n demos --dry-run=server",
        stdout: restored.map((each) => JSON.stringify(each)).join("\n"),
      },
    ],
  });
}

describe("the drift of a release", () => {
  test("is what someone changed, added or deleted by hand", async () => {
    const env = [{ name: "TOKEN", value: "secret" }];
    clusterWith([deployment({ replicas: 1, image: "a:2", env })], [deployment({ replicas: 1 })]);
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "a" } };
    const drift = await findDrift(manifest(deployment({ replicas: 1 }), service), cluster);
    expect(describeDrift("a", drift, cluster)).toEqual([
      "a was changed since its last release. This release restores:",
      "  Service a is missing",
      '  Deployment a: containers[a].image is "a:2", expected "a:1"',
      "  Deployment a: containers[a].env[TOKEN] was added",
    ]);
  });

  test("is empty if nothing was changed: the defaults of the API server are no change", async () => {
    const withDefaults = { ...deployment({ replicas: 1 }), status: { ready: 1 } };
    clusterWith([withDefaults], [{ ...withDefaults, status: {} }]);
    const drift = await findDrift(manifest(deployment({ replicas: 1 })), cluster);
    expect(drift).toEqual({ missing: [], changed: [], scaled: undefined });
  });

  test("has the number of pods that was chosen by hand, and keeps it", async () => {
    clusterWith([deployment({ replicas: 3 })]);
    const drift = await findDrift(manifest(deployment({ replicas: 1 })), cluster);
    expect(drift).toMatchObject({ changed: [], scaled: { replicas: 3, installed: 1 } });
    expect(describeDrift("a", drift, cluster)).toEqual([
      "a has 3 pods, and 1 by its release. They stay. To undo that: kubectl -n demos scale deployment/a --replicas=1",
    ]);
  });

  test("does not have the number of pods that an autoscaler chose", async () => {
    clusterWith([deployment({ replicas: 5 }), AUTOSCALER]);
    const drift = await findDrift(manifest(deployment({ replicas: 2 }), AUTOSCALER), cluster);
    expect(drift).toEqual({ missing: [], changed: [], scaled: undefined });
  });
});

/** What the replacement sent to the API server. */
async function sent(live: object, ...wanted: object[]) {
  const calls = clusterWith([live]);
  await repair([{ name: "Deployment a", lines: [] }], manifest(...wanted), cluster);
  const replace = calls().find(({ args }) => args[0] === "replace");
  return JSON.parse(replace?.stdin ?? "").items[0];
}

describe("a replacement", () => {
  test("keeps what others wrote on the object: labels, annotations, finalizers and the time of a restart", async () => {
    const restart = { "kubectl.kubernetes.io/restartedAt": "now" };
    const live = {
      ...deployment({ replicas: 3, image: "a:2", annotations: restart }),
      metadata: { name: "a", resourceVersion: "7", finalizers: ["x"], labels: { app: "b", team: "t" } },
    };
    const { metadata, spec } = await sent(live, deployment({ replicas: 1 }));
    expect(metadata).toEqual({
      ...{ name: "a", finalizers: ["x"], labels: { app: "a", team: "t" }, annotations: {} },
    });
    expect(spec).toEqual(deployment({ replicas: 3, annotations: restart }).spec);
  });

  test.each([
    [{ replicas: 2 }, [], 2],
    [{}, [AUTOSCALER], 2],
    [{ replicas: 0 }, [AUTOSCALER], 2],
    [{ replicas: 0 }, [], 0],
  ])("ends a scale to 0 by hand: %j, %j", async (wanted, others, replicas) => {
    const { spec } = await sent(deployment({ replicas: 0 }), deployment(wanted), ...others);
    expect(spec.replicas).toBe(replicas);
  });
});

function scaled(replicas: number, ...others: object[]) {
  return manifest(deployment({ replicas }), ...others);
}

test("manifests are the same whatever number of pods an autoscaler chose in between", () => {
  expect(sameManifest(scaled(2, AUTOSCALER), scaled(3, AUTOSCALER))).toBe(true);
  expect(sameManifest(scaled(2), scaled(3))).toBe(false);
  expect(sameManifest(scaled(2, AUTOSCALER), scaled(2))).toBe(false);
  expect(sameManifest("old", "new")).toBe(false);
});
