import { Deployment } from "kubernetes-models/apps/v1";
import { Service } from "kubernetes-models/v1";
import { expect, test } from "vitest";
import { describeWithHelm, only } from "./support/helm.ts";

const REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

/** The fields of the objects that the chapter shows. */
function seen(objects: unknown[]) {
  const { metadata, spec } = only(objects, Deployment.is);
  const service = only(objects, Service.is);
  const container = spec?.template.spec?.containers[0];
  return {
    name: metadata?.name,
    app: metadata?.labels?.["app"],
    podApp: spec?.template.metadata?.labels?.["app"],
    replicas: spec?.replicas,
    image: container?.image,
    requests: container?.resources?.requests,
    service: service.metadata?.name,
    serviceType: service.spec?.type,
    port: service.spec?.ports?.[0]?.port,
  };
}

describeWithHelm("the chapter's commands", (helm) => {
  test.each([
    { color: "blue", version: "11.0" },
    { color: "green", version: "12.0" },
  ])("deploy the $color backend and keep the zero of an unquoted version", async ({ color, version }) => {
    const objects = await helm.template(`echo-backend-${color}`, "echo-backend", [
      "--create-namespace",
      ...["--set", `registry=${REGISTRY}`],
      ...["--set", `color=${color}`],
      ...["--set", `version=${version}`],
    ]);
    const name = `echo-backend-${color}`;
    expect(seen(objects)).toEqual({
      ...{ name, app: name, podApp: name, service: name, serviceType: "ClusterIP", port: 80 },
      replicas: 1,
      image: `${REGISTRY}/echo-backend:${version}`,
      requests: { memory: "100Mi", cpu: "100m" },
    });
  });

  test("deploy the frontend with the URL of a backend", async () => {
    const objects = await helm.template("echo-frontend-blue", "echo-frontend", [
      "--create-namespace",
      ...["--set", `registry=${REGISTRY}`],
      ...["--set", "color=blue"],
      ...["--set", "version=2.0"],
      ...["--set", "backend=http://echo-backend-blue.demos.svc.cluster.local:80"],
      ...["--set", "serviceType=ClusterIP"],
    ]);
    const name = "echo-frontend-blue";
    expect(seen(objects)).toEqual({
      ...{ name, app: name, podApp: name, service: name, serviceType: "ClusterIP", port: 80 },
      replicas: 3,
      image: `${REGISTRY}/echo-frontend:2.0`,
      requests: { memory: "200Mi", cpu: "200m" },
    });
    const [container] = only(objects, Deployment.is).spec?.template.spec?.containers ?? [];
    expect(container?.env).toContainEqual({
      name: "BACKEND",
      value: "http://echo-backend-blue.demos.svc.cluster.local:80",
    });
  });
});
