import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { changeMode, type ModeOptions } from "../../src/traffic/mode.ts";
import type { Mode } from "../../src/domain/mode.ts";
import { CONTEXT } from "../support/context.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

const ADDRESS = "traefik.gateway.svc.cluster.local";
const BLUE = "200 0 0.001 blue";
const VALUES = {
  mode: "service",
  backend: { weights: { blue: 100, green: 0 } },
  frontend: { enabled: false, weights: { blue: 100, green: 0 } },
  gateway: { className: "", address: "", staged: false, parentRefs: [] },
};

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
});

const condition = (type: string, status = "True", reason = type) => ({
  type,
  status,
  reason,
  observedGeneration: 1,
});
const metadata = { name: "echo-traffic", namespace: "demos", generation: 1 };

/** The Gateway and the route of echo-traffic, as the controller judges them. */
const objects = (programmed = condition("Programmed")): Answer => ({
  when: "get gateways",
  stdout: JSON.stringify({
    items: [
      {
        kind: "Gateway",
        metadata,
        spec: { gatewayClassName: "traefik" },
        status: { conditions: [condition("Accepted"), programmed] },
      },
      {
        kind: "HTTPRoute",
        metadata: { ...metadata, name: "echo-backend" },
        spec: { parentRefs: [{ name: "echo-traffic" }], hostnames: ["echo-backend.demos", "echo-backend"] },
        status: {
          parents: [
            {
              parentRef: { name: "echo-traffic" },
              conditions: [condition("Accepted"), condition("ResolvedRefs")],
            },
          ],
        },
      },
    ],
  }),
});

/** A change of the mode, and the helm commands that write. `kubectl` answers come before those of a working gateway. */
async function change(
  mode: Mode,
  options: Partial<ModeOptions> = {},
  { values = VALUES, kubectl = [] }: { values?: object; kubectl?: Answer[] } = {},
) {
  const calls = fixtureTools({
    helm: [
      { when: "get values", stdout: JSON.stringify(values) },
      { when: "status", stdout: '{"version":7,"info":{"status":"deployed"}}' },
    ],
    kubectl: [
      ...kubectl,
      { when: "get pod jumpbox", stdout: '{"metadata":{},"status":{"phase":"Running"}}' },
      { when: "get gatewayclasses", stdout: '{"items":[{"metadata":{"name":"traefik"}}]}' },
      { when: "get endpointslices", stdout: '{"items":[]}' },
      objects(),
      { when: "no-route.invalid", stdout: "404 0 0.001 " },
      { when: "exec", stdout: BLUE },
    ],
  });
  const limits = { timeout: 0, drain: 0, yes: true };
  const error: unknown = await changeMode(mode, { ...limits, ...options }, CONTEXT).catch(
    (cause: unknown) => cause,
  );
  const writes = calls().flatMap(({ tool, args, stdin }) => {
    if (tool === "kubectl") return stdin.includes("EndpointSlice") ? [stdin] : [];
    const isWrite = args.some((word) => /^(upgrade|rollback)$/.test(word));
    return isWrite ? [args.filter((word) => /=|^(rollback|7)$/.test(word)).join(" ")] : [];
  });
  return { message: error instanceof Error ? error.message : "", writes };
}

const GATEWAY = { className: "traefik", address: ADDRESS };
const STAGE = "gateway.className=traefik gateway.staged=true";
const SWITCH = `mode=gateway gateway.address=${ADDRESS} gateway.staged=false`;

describe("a change to mode gateway", () => {
  test("creates the Gateway and the route, tests them, and then changes the stable name", async () => {
    expect(await change("gateway", GATEWAY)).toEqual({ message: "", writes: [STAGE, SWITCH] });
  });

  test("uses the DNS name that the Gateway reports if none is given", async () => {
    const { stdout = "" } = objects();
    const withAddress = stdout.replace(
      '"status":{"conditions"',
      `"status":{"addresses":[{"type":"Hostname","value":"${ADDRESS}"}],"conditions"`,
    );
    const kubectl = [{ when: "get gateways", stdout: withAddress }];
    expect((await change("gateway", { className: "traefik" }, { kubectl })).writes).toEqual([STAGE, SWITCH]);
    expect((await change("gateway", { className: "traefik" })).message).toContain(
      "The Gateway reports no DNS name.",
    );
  });

  test.each<[string, Answer, RegExp]>([
    [
      "does not program the Gateway",
      objects(condition("Programmed", "False", "NoResources")),
      /^Gateway echo-traffic: Programmed is False, NoResources\n/,
    ],
    [
      "does not respond",
      { when: "exec", stdout: "000 0 0.001  Could not resolve host: traefik" },
      /^1 of 1 requests to traefik\S+ with the host name echo-backend\.demos did not reach the live colour: no response, Could not resolve host: traefik/,
    ],
    [
      "routes to the other colour",
      { when: "exec", stdout: "200 0 0.001 green" },
      /did not reach the live colour/,
    ],
    [
      "leads to the services without a gateway",
      { when: "no-route.invalid", stdout: BLUE },
      /^traefik\S+ does not lead to the Gateway: it serves the host name no-route\.invalid too/,
    ],
  ])("restores what was there if the controller %s", async (_what, answer, reason) => {
    const { message, writes } = await change("gateway", GATEWAY, { kubectl: [answer] });
    expect(message).toMatch(reason);
    expect(message).toContain(
      "The mode is service as before. What was created for the other mode is removed.",
    );
    expect(writes).toEqual([STAGE, "rollback 7"]);
  });

  test("that fails first gives the restored Service the endpoints of the live colour", async () => {
    const kubectl = [
      objects(condition("Programmed", "False", "NoResources")),
      slices("echo-backend-blue", ["10.0.0.3"]),
      slices("echo-backend", ["10.0.0.1"]),
    ];
    const { writes } = await change("gateway", GATEWAY, { kubectl });
    expect(JSON.parse(writes[1] ?? "")).toMatchObject({ items: [slice("echo-backend", ["10.0.0.3"])] });
    expect(writes.toSpliced(1, 1)).toEqual([STAGE, "rollback 7"]);
  });

  test.each<[string, Partial<ModeOptions>, Answer[], object, RegExp]>([
    [
      "a class that does not exist",
      { ...GATEWAY, className: "nothing" },
      [],
      VALUES,
      /^Invalid GatewayClass "nothing": expected one of the cluster's \(traefik\)\.$/,
    ],
    [
      "a class that no controller accepts",
      GATEWAY,
      [
        {
          when: "get gatewayclasses",
          stdout: JSON.stringify({
            items: [
              {
                metadata: { name: "traefik" },
                spec: { controllerName: "example.com/none" },
                status: { conditions: [condition("Accepted", "Unknown", "Pending")] },
              },
            ],
          }),
        },
      ],
      VALUES,
      /^Invalid GatewayClass "traefik": its controller example\.com\/none has not accepted it\. Expected a class whose controller runs/,
    ],
    [
      "a class that its controller rejects",
      GATEWAY,
      [
        {
          when: "get gatewayclasses",
          stdout: JSON.stringify({
            items: [
              {
                metadata: { name: "traefik" },
                status: { conditions: [condition("Accepted", "False", "InvalidParameters")] },
              },
            ],
          }),
        },
      ],
      VALUES,
      /^Invalid GatewayClass "traefik": Accepted is False, InvalidParameters\. Expected/,
    ],
    [
      "another route for the stable name",
      GATEWAY,
      [
        {
          when: "get gateways",
          stdout: JSON.stringify({
            items: [
              {
                kind: "HTTPRoute",
                metadata: { ...metadata, namespace: "team", name: "web" },
                spec: {
                  parentRefs: [{ name: "echo-traffic", namespace: "demos" }],
                  hostnames: ["echo-backend.demos"],
                  rules: [{}],
                },
              },
            ],
          }),
        },
      ],
      VALUES,
      /^HTTPRoute team\/web has the host name echo-backend\.demos too/,
    ],
    [
      "an Ingress on the stable name",
      GATEWAY,
      [],
      { ...VALUES, ingress: { enabled: true } },
      /^Mode gateway cannot serve the Ingress/,
    ],
    ["no class", { address: ADDRESS }, [], VALUES, /^Missing --class-name: mode gateway expects/],
    [
      "a cluster without the Gateway API",
      GATEWAY,
      [
        {
          when: "get gatewayclasses",
          stderr: 'error: the server doesn\'t have a resource type "gatewayclasses"',
          exitCode: 1,
        },
      ],
      VALUES,
      /^The cluster has no Gateway API/,
    ],
    [
      "a class beside existing Gateways",
      GATEWAY,
      [],
      { ...VALUES, gateway: { ...VALUES.gateway, parentRefs: [{ name: "shared" }] } },
      /^--class-name has no effect/,
    ],
    [
      "another address than the one in use",
      { ...GATEWAY, address: "another" },
      [],
      { ...VALUES, mode: "gateway", gateway: { ...VALUES.gateway, ...GATEWAY } },
      /^The mode is gateway already, with the class traefik and the address traefik\S+ To use another gateway/,
    ],
  ])("is refused with %s, and nothing is written", async (_what, options, kubectl, values, reason) => {
    const { message, writes } = await change("gateway", options, { kubectl, values });
    expect(message).toMatch(reason);
    expect(writes).toEqual([]);
  });
});

/** The answer to a list of the EndpointSlices of a Service: one for each list of pods. */
const slices = (service: string, ...pods: string[][]): Answer => ({
  when: `service-name=${service}`,
  stdout: JSON.stringify({ items: pods.map((names) => slice(service, names)) }),
});
const slice = (service: string, pods: string[]) => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: `${service}-x`, labels: { "kubernetes.io/service-name": service } },
  addressType: "IPv4",
  endpoints: pods.map((pod) => ({ addresses: [pod] })),
  ports: [{ name: "http", port: 8080 }],
});

describe("a change to mode service", () => {
  const inGateway = { ...VALUES, mode: "gateway" };

  test("keeps the Gateway until the stable name is changed", async () => {
    expect(await change("service", {}, { values: inGateway })).toEqual({
      message: "",
      writes: ["mode=service gateway.staged=true", "gateway.staged=false"],
    });
  });

  test("first replaces the stale endpoints of the stable name by those of the live colour", async () => {
    const kubectl = [
      slices("echo-backend-blue", ["10.0.0.3", "10.0.0.4"]),
      slices("echo-backend", ["10.0.0.1"], ["10.0.0.2"]),
    ];
    const { message, writes } = await change("service", {}, { values: inGateway, kubectl });
    expect(message).toBe("");
    expect(JSON.parse(writes[0] ?? "")).toEqual({
      apiVersion: "v1",
      kind: "List",
      items: [slice("echo-backend", ["10.0.0.3", "10.0.0.4"]), slice("echo-backend", [])],
    });
    expect(writes.slice(1)).toEqual(["mode=service gateway.staged=true", "gateway.staged=false"]);
  });

  test("goes on, with a warning, if the user may not replace endpoints", async () => {
    const write = vi.spyOn(process.stdout, "write");
    const refusal = 'Error from server (Forbidden): endpointslices.discovery.k8s.io "x" is forbidden';
    const kubectl = [
      slices("echo-backend-blue", ["10.0.0.3"]),
      slices("echo-backend", ["10.0.0.1"]),
      { when: "replace -n demos", stderr: refusal, exitCode: 1 },
    ];
    const { message, writes } = await change("service", {}, { values: inGateway, kubectl });
    expect(message).toBe("");
    expect(writes.slice(1)).toEqual(["mode=service gateway.staged=true", "gateway.staged=false"]);
    expect(write.mock.calls.join("")).toContain(
      `For a moment, echo-backend may lead to pods that are gone: its EndpointSlices could not be updated: ${refusal}`,
    );
  });

  test("removes a Gateway that a crash has left behind", async () => {
    const values = { ...VALUES, gateway: { ...VALUES.gateway, staged: true } };
    expect((await change("service", {}, { values })).writes).toEqual(["gateway.staged=false"]);
    expect((await change("service")).writes).toEqual([]);
  });

  test("is refused while both colours have traffic", async () => {
    const values = { ...inGateway, backend: { weights: { blue: 75, green: 25 } } };
    const { message, writes } = await change("service", {}, { values });
    expect(message).toContain("Mode service supports no weights of blue 75 %, green 25 %");
    expect(writes).toEqual([]);
  });
});
