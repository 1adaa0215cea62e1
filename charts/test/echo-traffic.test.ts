import { Gateway, HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1";
import { Deployment } from "kubernetes-models/apps/v1";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1";
import { Service } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { describeWithHelm, only, REQUIRED, type Values, WORKLOADS } from "./support/helm.ts";

const GATEWAY = { className: "traefik", address: "traefik.gateway.svc.cluster.local" };

function weights(blue: number, green: number): Values {
  return { weights: { blue, green } };
}

/** The rule with the weights, which follows those of the preview. */
function weightsRule(objects: readonly unknown[]) {
  return only(objects, HTTPRoute.is).spec.rules?.at(-1);
}

describeWithHelm("echo-traffic", (helm) => {
  const render = (values: Values = {}) => helm.render("echo-traffic", values);
  const gateway = (values: Values = {}) => render({ mode: "gateway", gateway: { ...GATEWAY, ...values } });

  describe("in mode service", () => {
    test.each([
      { backend: weights(100, 0), live: "blue" },
      { backend: weights(0, 100), live: "green" },
    ])("the stable name is a Service that selects $live", async ({ backend, live }) => {
      const objects = await render({ backend });
      expect(objects).toHaveLength(1);
      expect(only(objects, Service.is)).toMatchObject({
        metadata: { name: "echo-backend" },
        spec: {
          type: "ClusterIP",
          selector: { "app.kubernetes.io/name": "echo-backend", color: live },
          ports: [{ name: "http", port: 80, targetPort: "http" }],
        },
      });
    });

    test("the stable name selects blue by default", async () => {
      expect(only(await render(), Service.is).spec?.selector).toMatchObject({ color: "blue" });
    });

    test("the frontend has a stable name if it is enabled", async () => {
      const services = (await render({ frontend: { enabled: true, ...weights(0, 100) } })).filter(Service.is);
      expect(services.map(({ metadata, spec }) => [metadata?.name, spec?.selector?.["color"]])).toEqual([
        ["echo-backend", "blue"],
        ["echo-frontend", "green"],
      ]);
    });

    test.each(WORKLOADS)("the stable name selects the pods of %s", async (chart) => {
      const pods = only(await helm.render(chart, REQUIRED), Deployment.is).spec?.template.metadata?.labels;
      const services = (await render({ frontend: { enabled: true } })).filter(Service.is);
      const stable = services.find(({ metadata }) => metadata?.name === chart);
      expect(pods).toMatchObject({ ...stable?.spec?.selector });
    });
  });

  describe("in mode gateway", () => {
    test("the stable name is an alias of the controller", async () => {
      const { spec } = only(await gateway(), Service.is);
      expect(spec).toEqual({ type: "ExternalName", externalName: GATEWAY.address });
    });

    test("a Gateway of the class listens on the configured port", async () => {
      expect(only(await gateway({ port: 8000 }), Gateway.is)).toMatchObject({
        metadata: { name: "echo-traffic" },
        spec: { gatewayClassName: "traefik", listeners: [{ name: "http", protocol: "HTTP", port: 8000 }] },
      });
    });

    test("a route matches each name of the Service and gives each colour its weight", async () => {
      const objects = await render({ mode: "gateway", gateway: GATEWAY, backend: weights(75, 25) });
      expect(only(objects, HTTPRoute.is)).toMatchObject({
        metadata: { name: "echo-backend" },
        spec: {
          parentRefs: [{ name: "echo-traffic" }],
          hostnames: [
            "echo-backend.demos.svc.cluster.local",
            "echo-backend.demos.svc",
            "echo-backend.demos",
            "echo-backend",
          ],
        },
      });
      expect(weightsRule(objects)).toMatchObject({
        backendRefs: [
          { name: "echo-backend-blue", port: 80, weight: 75 },
          { name: "echo-backend-green", port: 80, weight: 25 },
        ],
      });
    });

    test.each(WORKLOADS)("a rule ahead of the weights of %s sends a preview to its colour", async (name) => {
      const values = { frontend: { enabled: true }, backend: weights(100, 0) };
      const objects = await render({ mode: "gateway", gateway: GATEWAY, ...values });
      const route = objects.filter(HTTPRoute.is).find(({ metadata }) => metadata?.name === name);
      expect(route?.spec.rules?.slice(0, -1)).toEqual(
        ["blue", "green"].map((color) => ({
          matches: [
            {
              path: { type: "PathPrefix", value: "/" },
              headers: [{ type: "Exact", name: "x-echo-preview", value: color }],
            },
          ],
          backendRefs: [{ group: "", kind: "Service", name: `${name}-${color}`, port: 80, weight: 1 }],
        })),
      );
      expect(route?.spec.rules?.at(-1)?.matches).toEqual([{ path: { type: "PathPrefix", value: "/" } }]);
    });

    test("preview.enabled=false leaves the weights only", async () => {
      const objects = await render({ mode: "gateway", gateway: GATEWAY, preview: { enabled: false } });
      expect(only(objects, HTTPRoute.is).spec.rules).toHaveLength(1);
    });

    test.each(WORKLOADS)("the route leads to the Service of %s", async (chart) => {
      const service = only(await helm.render(chart, REQUIRED), Service.is);
      const objects = await render({ mode: "gateway", gateway: GATEWAY, frontend: { enabled: true } });
      const route = objects.filter(HTTPRoute.is).find(({ metadata }) => metadata?.name === chart);
      const [preview, , byWeight] = route?.spec.rules ?? [];
      for (const rule of [preview, byWeight])
        expect(rule?.backendRefs?.[0]).toMatchObject({
          name: service.metadata?.name,
          port: service.spec?.ports?.[0]?.port,
        });
    });

    test("the route matches only the full name without shortNames", async () => {
      const { spec } = only(await gateway({ shortNames: false }), HTTPRoute.is);
      expect(spec.hostnames).toEqual(["echo-backend.demos.svc.cluster.local"]);
    });

    test("the route matches the full name in the cluster's own domain", async () => {
      const objects = await render({ mode: "gateway", gateway: GATEWAY, clusterDomain: "corp.example" });
      expect(only(objects, HTTPRoute.is).spec.hostnames).toContain("echo-backend.demos.svc.corp.example");
    });

    test("the route attaches to an existing Gateway of parentRefs", async () => {
      const parentRefs = [{ name: "shared", namespace: "infra", sectionName: "http" }];
      const objects = await gateway({ className: "", parentRefs });
      expect(objects.filter(Gateway.is)).toEqual([]);
      expect(only(objects, HTTPRoute.is).spec.parentRefs).toEqual([
        { group: "gateway.networking.k8s.io", kind: "Gateway", ...parentRefs[0] },
      ]);
    });

    test("the route keeps the kind of a parent that is no Gateway", async () => {
      const parentRefs = [{ group: "", kind: "Service", name: "echo-backend", port: 80 }];
      expect(only(await gateway({ parentRefs }), HTTPRoute.is).spec.parentRefs).toEqual(parentRefs);
    });

    test("the Gateway and the route have the defaults of the API", async () => {
      const objects = await gateway();
      expect(only(objects, Gateway.is).spec.listeners).toEqual([
        { name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "Same" } } },
      ]);
      const { parentRefs, rules = [] } = only(objects, HTTPRoute.is).spec;
      expect(parentRefs).toEqual([
        { group: "gateway.networking.k8s.io", kind: "Gateway", name: "echo-traffic" },
      ]);
      for (const { matches, backendRefs = [] } of rules) {
        expect(matches).toMatchObject([{ path: { type: "PathPrefix", value: "/" } }]);
        for (const backend of backendRefs)
          expect(backend).toMatchObject({ group: "", kind: "Service", weight: expect.any(Number) });
      }
    });

    test.each(["className", "address"])("a missing %s fails and names the expected value", async (name) => {
      await expect(gateway({ [name]: "" })).rejects.toThrow(
        new RegExp(`Missing gateway.${name}: mode gateway expects the`),
      );
    });
  });

  describe("the ingress", () => {
    const enabled = { frontend: { enabled: true }, ingress: { enabled: true } };

    test("leads / to the frontend's stable name, after the paths of the colours", async () => {
      expect(only(await render(enabled), Ingress.is)).toMatchObject({
        metadata: {
          name: "echo-frontend",
          annotations: {
            "alb.ingress.kubernetes.io/group.name": "echo",
            "alb.ingress.kubernetes.io/group.order": "1000",
          },
        },
        spec: {
          rules: [
            {
              http: {
                paths: [
                  { path: "/", backend: { service: { name: "echo-frontend", port: { name: "http" } } } },
                ],
              },
            },
          ],
        },
      });
    });

    test("belongs to the same load balancer as those of the colours", async () => {
      const values = { ...REQUIRED, ingress: { enabled: true } };
      const color = only(await helm.render("echo-frontend", values), Ingress.is).metadata?.annotations;
      const { metadata } = only(await render(enabled), Ingress.is);
      expect(metadata?.annotations).toMatchObject({ ...color });
    });

    test("is absent by default", async () => {
      expect((await render({ frontend: { enabled: true } })).filter(Ingress.is)).toEqual([]);
    });

    test.each([
      ["without the frontend's stable name", { frontend: { enabled: false } }, "it needs frontend.enabled"],
      ["in mode gateway", { mode: "gateway", gateway: GATEWAY }, "expected false in mode gateway"],
    ])("is refused %s", async (_where, values, reason) => {
      await expect(render({ ...enabled, ...values })).rejects.toThrow(`Invalid ingress.enabled: ${reason}`);
    });
  });

  test("a staged gateway leads to the colours, and the stable name stays a plain Service", async () => {
    const objects = await render({ gateway: { className: "traefik", staged: true } });
    expect(only(objects, Service.is).spec).toMatchObject({ type: "ClusterIP", selector: { color: "blue" } });
    expect(only(objects, Gateway.is).spec.gatewayClassName).toBe("traefik");
    expect(weightsRule(objects)?.backendRefs?.map(({ weight }) => weight)).toEqual([100, 0]);
  });

  describe("rejects", () => {
    test("partial weights in mode service and names the mode that supports them", async () => {
      const rejected = render({ backend: weights(75, 25) });
      await expect(rejected).rejects.toThrow(
        "Invalid weights of echo-backend (blue 75, green 25): expected 0 and 100 in mode service.",
      );
      await expect(rejected).rejects.toThrow("Use mode gateway for other weights.");
    });

    test("weights without a sum of 100 and names the service that has them", async () => {
      const frontend = { enabled: true, ...weights(100, 25) };
      await expect(render({ mode: "gateway", gateway: GATEWAY, frontend })).rejects.toThrow(
        "Invalid weights of echo-frontend (blue 100, green 25): expected a sum of 100.",
      );
    });

    test.each([
      { name: "a negative weight", values: { backend: weights(101, -1) }, words: /backend.*weights.*green/ },
      { name: "a fraction", values: { backend: weights(12.5, 87.5) }, words: /backend.*weights.*blue/ },
      { name: "another colour", values: { backend: { weights: { red: 100 } } }, words: /red/ },
      { name: "an unknown mode", values: { mode: "mesh" }, words: /mode/ },
      { name: "a misspelled value", values: { gateway: { class: "traefik" } }, words: /class/ },
    ])("$name", async ({ values, words }) => {
      await expect(render(values)).rejects.toThrow(words);
    });
  });
});
