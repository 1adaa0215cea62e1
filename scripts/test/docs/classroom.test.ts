import { readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { type Needs, type Rights, together, USE_JUMPBOX } from "../../src/domain/rights.ts";
import { ROOT } from "../../src/lib/paths.ts";
import * as fault from "../../src/fault/rights.ts";
import * as observe from "../../src/observe/rights.ts";
import * as release from "../../src/release/rights.ts";
import * as traffic from "../../src/traffic/rights.ts";
import { startCommand } from "../support/command.ts";
import { fixtureTools } from "../support/tools.ts";

const Role = v.object({
  rules: v.array(
    v.object({
      apiGroups: v.tuple([v.string()]),
      resources: v.array(v.string()),
      verbs: v.array(v.string()),
    }),
  ),
});

/** What no command needs to work, with its reason. */
const BEYOND: Readonly<Record<string, Rights>> = {
  "the events of a shift, which goes on without them": { events: ["create", "delete"] },
  "the check of a quota, which is left out without it": { resourcequotas: ["list"] },
  "the check that the namespace exists": { namespaces: ["get"] },
  "the CPU that pnpm load shows": { "pods.metrics.k8s.io": ["list"] },
  "helm test, and a jumpbox with another image": { pods: ["patch", "delete"] },
  "kubectl logs, in the runbooks": { "pods/log": ["get"] },
};

const families: readonly Readonly<Record<string, Needs>>[] = [fault, observe, release, traffic];
const needs = families.flatMap((family) => Object.values(family));
/** Those of a student. A teacher has rights in all namespaces. */
const ofStudents = needs.filter(({ everywhere = false }) => !everywhere);

/** `get deployments.apps`, one for each verb, sorted. */
function flat(rights: Rights): string[] {
  return Object.entries(rights)
    .flatMap(([resource, verbs]) => verbs.map((verb) => `${verb} ${resource}`))
    .toSorted((a, b) => a.localeCompare(b));
}

test("the Role has the rights of all commands, and no other without a reason", () => {
  const { rules } = v.parse(Role, parse(readFileSync(`${ROOT}docs/classroom/role.yaml`, "utf8")));
  const granted = together(
    ...rules.flatMap(({ apiGroups: [group], resources, verbs }) =>
      resources.map((resource) => ({ [group === "" ? resource : `${resource}.${group}`]: verbs })),
    ),
  );
  const needed = together(...ofStudents.map(({ rights }) => rights), USE_JUMPBOX, ...Object.values(BEYOND));
  expect(flat(granted)).toEqual(flat(needed));
});

describe("without rights in its namespace,", () => {
  test.each([
    { command: "release", right: "update deployments.apps" },
    { command: "release:blue --shift", right: "create, update leases.coordination.k8s.io" },
    { command: "shift green", right: "create, update leases.coordination.k8s.io" },
    { command: "shift green --dry-run", right: "list ingresses.networking.k8s.io" },
    { command: "shift promote", right: "create, update leases.coordination.k8s.io" },
    { command: "shift abort", right: "create, update leases.coordination.k8s.io" },
    { command: "shift mode service", right: "delete gateways.gateway.networking.k8s.io" },
    { command: "shift status", right: "get leases.coordination.k8s.io" },
    { command: "shift history", right: "get leases.coordination.k8s.io" },
    { command: "jumpbox", right: "create pods/exec" },
    { command: "watch", right: "create pods/exec" },
    { command: "load", right: "list horizontalpodautoscalers.autoscaling" },
    { command: "open", right: "create pods/portforward" },
    { command: "status", right: "list secrets" },
    { command: "undeploy --yes", right: "delete leases.coordination.k8s.io" },
  ])("pnpm $command names them and changes nothing", async ({ command, right }) => {
    const groups = ["apps", "coordination.k8s.io", "autoscaling", "networking.k8s.io"];
    const calls = fixtureTools({
      docker: [],
      helm: [],
      kubectl: [
        { when: "--validate=false", stdout: "false\n".repeat(200) },
        {
          when: "--raw /apis",
          stdout: JSON.stringify({
            groups: [...groups, "gateway.networking.k8s.io", "policy"].map((name) => ({ name })),
          }),
        },
        { when: "get namespace s1", stdout: '{"metadata":{"name":"s1"}}' },
      ],
    });
    vi.stubEnv("ECHO_NAMESPACE", "s1");
    const { exitCode, stderr } = await startCommand(...command.split(" "));
    expect(exitCode).toBe(1);
    const [, named = ""] = /this user lacks rights in namespace s1: (.*)/.exec(stderr) ?? [];
    const [verbs = "", resource] = right.split(/ (?=\S+$)/);
    const found = named.split("; ").find((each) => each.endsWith(` ${resource}`));
    expect(found?.slice(0, -` ${resource}`.length).split(", ")).toEqual(
      expect.arrayContaining(verbs.split(", ")),
    );
    const lines = calls().map(({ tool, args }) => [tool, ...args].join(" "));
    const reading =
      /^\w+ (buildx )?version|^kubectl (--request-timeout=5s )?(get|create --validate=false) |^cosign version/;
    const changing = lines.filter((line) => !reading.test(line));
    expect(changing).toEqual([]);
  });
});
