import { describe, expect, test } from "vitest";
import { openCluster } from "../../../src/adapters/cluster.ts";
import { checkRivals, checkRoute } from "../../../src/traffic/stable-name/route-check.ts";
import { type Answer, fixtureTools } from "../../support/tools.ts";

const HOST = "echo-backend.demos.svc.cluster.local";
const values = {
  gateway: { className: "traefik", address: "", staged: false, parentRefs: [] as unknown[] },
  clusterDomain: "cluster.local",
};
const gateway = (namespace: string, name: string, gatewayClassName: string) => ({
  kind: "Gateway",
  metadata: { namespace, name },
  spec: { gatewayClassName },
});
const OURS = gateway("demos", "echo-traffic", "traefik");

interface Spec {
  hostnames?: string[];
  parentRefs?: object[];
  rules?: object[];
}

/** A route that takes all requests for the stable name, apart from what `spec` changes. */
const route = (namespace: string, name: string, spec: Spec = {}, conditions: object[] = []) => ({
  kind: "HTTPRoute",
  metadata: { namespace, name },
  spec: {
    hostnames: [HOST],
    parentRefs: [{ name: "echo-traffic", namespace: "demos" }],
    rules: [{}],
    ...spec,
  },
  status: { parents: [{ parentRef: { name: "echo-traffic" }, conditions }] },
});
const OWN = route("demos", "echo-backend", { hostnames: [HOST, "echo-backend"] });

function answer(items: object[], when = "get gateways"): Answer {
  return { when, stdout: JSON.stringify({ items }) };
}

const checkRival: typeof checkRoute = (stable, cluster) => checkRivals([stable], cluster);

/** The error for these objects of the cluster, or an empty text. */
async function problem(items: object[], check = checkRoute, changed: object = {}): Promise<string> {
  fixtureTools({ kubectl: [answer(items)] });
  const stable = { service: "echo-backend" as const, values: { ...values, ...changed } };
  return check(stable, openCluster({})).then(
    () => "",
    (error: unknown) => String(error),
  );
}

describe("another route for the host name is refused", () => {
  test("by a shift and by a change of the mode, with its name and what to do", async () => {
    const items = [OURS, OWN, route("team", "web")];
    const expected = `HTTPRoute team/web has the host name ${HOST} too, which belongs to echo-backend in namespace demos`;
    expect(await problem(items)).toContain(expected);
    expect(await problem(items)).toMatch(/^TargetError: /);
    const inMode = await problem(items, checkRival);
    expect(inMode).toContain(expected);
    expect(inMode).toContain("kubectl -n team delete httproute web");
  });

  const theirs = { parentRefs: [{ name: "public" }] };

  test.each<[string, object[]]>([
    ["in the same namespace", [route("demos", "copy")]],
    [
      "at another Gateway of the class, which may share its proxy",
      [gateway("team", "public", "traefik"), route("team", "web", theirs)],
    ],
    ["with the short name, at the same Gateway", [route("team", "web", { hostnames: ["echo-backend"] })]],
    ["by its default path", [route("team", "web", { rules: [{ matches: [{ path: {} }] }] })]],
    [
      "by the exact path and the method of the users' requests",
      [
        route("team", "web", {
          rules: [{ matches: [{ path: { type: "Exact", value: "/" }, method: "GET" }] }],
        }),
      ],
    ],
  ])("%s", async (_where, items) => {
    expect(await problem([OURS, OWN, ...items])).toContain(
      "the gateway sends its requests to one of the two routes",
    );
  });

  test("at an existing Gateway of parentRefs", async () => {
    const parentRefs = [{ name: "public", namespace: "team" }];
    const changed = { gateway: { ...values.gateway, className: "", parentRefs } };
    expect(await problem([route("team", "web", theirs)], checkRival, changed)).toContain(
      "HTTPRoute team/web",
    );
    expect(await problem([route("team", "web")], checkRival, changed)).toBe("");
  });
});

test.each<[string, object[]]>([
  [
    "that has another host name",
    [route("team", "web", { hostnames: ["web.example", "*.demos.svc.cluster.local"] })],
  ],
  [
    "for one path, header or method only",
    [
      route("team", "web", {
        rules: [{ matches: [{ path: { value: "/api" } }, { headers: [{}] }, { method: "POST" }] }],
      }),
    ],
  ],
  [
    "of another class",
    [gateway("team", "public", "eg"), route("team", "web", { parentRefs: [{ name: "public" }] })],
  ],
  [
    "of a mesh",
    [route("team", "web", { parentRefs: [{ kind: "Service", name: "echo-traffic", namespace: "demos" }] })],
  ],
  [
    "with the short name of its own namespace",
    [
      gateway("team", "echo-traffic", "traefik"),
      route("team", "echo-backend", { hostnames: ["echo-backend"], parentRefs: [{ name: "echo-traffic" }] }),
    ],
  ],
])("another route %s is no problem", async (_what, items) => {
  expect(await problem([OURS, OWN, ...items])).toBe("");
});

test("a route that its Gateway rejects is refused with the controller's reason", async () => {
  const rejected = {
    type: "Accepted",
    status: "False",
    reason: "NotAllowedByListeners",
    message: "no listener",
  };
  expect(await problem([OURS, route("demos", "echo-backend", {}, [rejected])])).toContain(
    "HTTPRoute echo-backend: Accepted is False, NotAllowedByListeners: no listener. Expected a listener of its Gateway that admits it",
  );
});

test("a user of one namespace sees its routes only", async () => {
  const calls = fixtureTools({
    kubectl: [
      { when: "-A", stderr: "Error from server (Forbidden): httproutes is forbidden", exitCode: 1 },
      answer([OWN, route("demos", "copy")], "-n demos"),
    ],
  });
  await expect(checkRoute({ service: "echo-backend", values }, openCluster({}))).rejects.toThrow(
    "demos/copy",
  );
  expect(calls()).toHaveLength(2);
});
