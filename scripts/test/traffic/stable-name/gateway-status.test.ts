import { expect, test } from "vitest";
import {
  dnsNameOf,
  type Gateway,
  gatewayProblem,
  type Route,
  routeProblem,
} from "../../../src/traffic/stable-name/gateway-status.ts";

type Conditions = Gateway["status"]["conditions"];

const metadata = { name: "echo", namespace: "demos", generation: 2 };
const condition = (type: string, status = "True", reason = type, message = ""): Conditions[number] => ({
  ...{ type, status, reason, message },
  observedGeneration: 2,
});
/** What the API server fills in before a controller writes. */
const pending = (type: string): Conditions[number] => ({
  ...{ type, status: "Unknown", reason: "Pending", message: "Waiting for controller" },
});

function gateway(conditions: Conditions, listener: Conditions = []): Gateway {
  const status = { conditions, listeners: [{ name: "http", conditions: listener }], addresses: [] };
  return { kind: "Gateway", metadata, spec: { gatewayClassName: "traefik" }, status };
}

test("a Gateway that is accepted and programmed can take traffic, with or without an address", () => {
  expect(gatewayProblem(gateway([condition("Accepted"), condition("Programmed")]))).toBeUndefined();
});

test.each<[string, Gateway, string]>([
  [
    "without any condition",
    gateway([]),
    'no controller has responded; none seems to handle the GatewayClass "traefik"',
  ],
  [
    "with the API server's conditions only",
    gateway([pending("Accepted"), pending("Programmed")]),
    "no controller has responded",
  ],
  [
    "with a listener's reason",
    gateway(
      [condition("Accepted", "False", "ListenersNotValid", "All Listeners must be valid")],
      [
        condition("Accepted", "False", "PortUnavailable", "no entryPoint for port 81"),
        condition("Conflicted", "False", "NoConflicts"),
      ],
    ),
    "Gateway echo: Accepted is False, ListenersNotValid: All Listeners must be valid; listener http: Accepted is False, PortUnavailable: no entryPoint for port 81",
  ],
  [
    "that is accepted and not programmed",
    gateway([condition("Accepted"), condition("Programmed", "False", "AddressNotAssigned", "no address")]),
    "Programmed is False, AddressNotAssigned: no address",
  ],
  [
    "that is accepted and silent about the rest",
    gateway([condition("Accepted")]),
    "the condition Programmed is missing",
  ],
  [
    "whose controller has judged an earlier generation",
    gateway([condition("Accepted"), { ...condition("Programmed"), observedGeneration: 1 }]),
    "the condition Programmed is of an earlier generation",
  ],
])("a Gateway %s cannot take traffic, for the controller's reason", (_what, object, reason) => {
  expect(gatewayProblem(object)).toContain(reason);
});

function route(
  conditions: Conditions,
  parentRef: Route["spec"]["parentRefs"][number] = { name: "echo-traffic" },
): Route {
  return {
    kind: "HTTPRoute",
    metadata,
    spec: { parentRefs: [{ name: "echo-traffic" }], hostnames: [] },
    status: { parents: [{ parentRef, conditions }] },
  };
}

test("a route that is accepted with resolved references can take traffic", () => {
  const accepted = [condition("Accepted"), condition("ResolvedRefs")];
  expect(routeProblem(route(accepted))).toBeUndefined();
  expect(routeProblem(route(accepted, { name: "echo-traffic", namespace: "demos" }))).toBeUndefined();
});

test.each<[string, Route, string]>([
  [
    "of another Gateway",
    route([condition("Accepted"), condition("ResolvedRefs")], { name: "x" }),
    "no controller has responded for its Gateway demos/echo-traffic",
  ],
  [
    "that its Gateway does not accept",
    route([condition("Accepted", "False", "NotAllowedByListeners"), condition("ResolvedRefs")]),
    "HTTPRoute echo: Accepted is False, NotAllowedByListeners",
  ],
  [
    "with a missing backend",
    route([
      condition("Accepted"),
      condition("ResolvedRefs", "False", "BackendNotFound", 'service "echo-backend-green" not found'),
    ]),
    'ResolvedRefs is False, BackendNotFound: service "echo-backend-green" not found',
  ],
])("a route %s cannot take traffic, for the controller's reason", (_what, object, reason) => {
  expect(routeProblem(object)).toContain(reason);
});

test("the DNS name of a Gateway is its first address that is one", () => {
  const object = gateway([]);
  object.status.addresses.push(
    { type: "IPAddress", value: "10.0.0.1" },
    { type: "Hostname", value: "lb.example" },
  );
  expect(dnsNameOf(object)).toBe("lb.example");
  expect(dnsNameOf(gateway([]))).toBeUndefined();
});
