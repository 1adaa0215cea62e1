import { describe, expect, test } from "vitest";
import { type Chart, CHARTS, describeWithHelm, REQUIRED, type Values, WORKLOADS } from "./support/helm.ts";

const INVALID: { value: string; values: Values }[] = [
  { value: "registry", values: { registry: "" } },
  { value: "registry", values: { registry: "https://registry.example" } },
  { value: "registry", values: { registry: "registry.example/" } },
  { value: "color", values: { color: "Blue" } },
  { value: "color", values: { color: "sky blue" } },
  { value: "version", values: { version: "" } },
  { value: "version", values: { version: "11.0@sha256" } },
  { value: "version", values: { version: "11.0-" } },
  { value: "digest", values: { digest: "sha256:0123" } },
  { value: "replicas", values: { replicas: -1 } },
  { value: "serviceType", values: { serviceType: "ExternalName" } },
  { value: "logLevel", values: { logLevel: "verbose" } },
  { value: "drainMs", values: { drainMs: 1.5 } },
  { value: "imagePullSecrets", values: { imagePullSecrets: ["login"] } },
  { value: "imagePullSecrets", values: { imagePullSecrets: [{ name: "login" }, { name: "login" }] } },
  { value: "extraEnv", values: { extraEnv: { NAME: "value" } } },
  { value: "extraEnv", values: { extraEnv: [{ name: "A", value: 1 }] } },
  { value: "extraEnv", values: { extraEnv: [{ name: "A", valeu: "1" }] } },
  { value: "replica", values: { replica: 2 } },
];

const WITH_CREDENTIALS = [
  "http://user:secret@host:80/",
  "https://secret@host",
  "http://user:sec/secret@host",
  String.raw`http:\\user:secret@host`,
  "user:secret@host",
  "http:user:secret@host",
];

describeWithHelm("the values", (helm) => {
  describe.each(WORKLOADS)("of %s", (chart) => {
    test("one error names all missing values: registry, color and version", async () => {
      await expect(helm.render(chart)).rejects.toThrow(/registry[^]*color[^]*version/);
    });

    test.each(["registry", "color", "version"])(
      "an error names %s if it is the only missing value",
      async (name) => {
        const values = Object.fromEntries(Object.entries(REQUIRED).filter(([key]) => key !== name));
        await expect(helm.render(chart, values)).rejects.toThrow(
          new RegExp(`miss.*'${name}'|${name} is required`),
        );
      },
    );

    test.each(INVALID)("rejects $values and names $value", async ({ value, values }) => {
      await expect(helm.render(chart, { ...REQUIRED, ...values })).rejects.toThrow(
        new RegExp(`schema[^]*\\b${value}\\b`),
      );
    });

    test("rejects a number as version, because its trailing zero is lost", async () => {
      const input = "{ registry: r, color: blue, version: 11.0 }";
      await expect(helm.template(chart, chart, ["--values", "-"], input)).rejects.toThrow(
        /version.*(want string|Expected: string)/,
      );
    });
  });

  describe.each(WITH_CREDENTIALS)("with the URL %s", (url) => {
    test.each<[(typeof WORKLOADS)[number], string, Values]>([
      ["echo-backend", "registry", { registry: url }],
      ["echo-frontend", "registry", { registry: url }],
      ["echo-frontend", "backend", { backend: url }],
      ["echo-frontend", "ec2MetadataUrl", { ec2MetadataUrl: url }],
      ["echo-backend", "extraEnv", { extraEnv: [{ name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: url }] }],
      [
        "echo-frontend",
        "extraEnv",
        { extraEnv: [{ name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: url }] },
      ],
    ])("%s rejects the credentials in %s without repeating them", async (chart, name, values) => {
      const error = await helm.render(chart, { ...REQUIRED, ...values }).catch(String);
      expect(error).toMatch(new RegExp(`${name}[^]*without .*user and password`));
      expect(error).not.toContain("secret");
    });
  });

  test.each([
    "http://echo-backend:80",
    "https://echo-backend.demos.svc.cluster.local/path/user@host?a=@",
    "http://[fd00::1]:8080/",
    "http://$(NODE_IP):4318",
  ])("accepts the URL %s", async (url) => {
    const extraEnv = [{ name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: url }];
    await expect(
      helm.render("echo-frontend", { ...REQUIRED, backend: url, ec2MetadataUrl: url, extraEnv }),
    ).resolves.not.toHaveLength(0);
  });

  test.each([{ failureRate: 100.1 }, { failureRate: "10" }, { delayMs: -1 }, { backend: "none" }])(
    "echo-backend rejects %j",
    async (values) => {
      await expect(helm.render("echo-backend", { ...REQUIRED, ...values })).rejects.toThrow(
        Object.keys(values)[0],
      );
    },
  );

  test.each([
    { backend: "echo-backend:80" },
    { backendTimeoutMs: 0 },
    { ec2MetadataUrl: "169.254.169.254" },
    { workIterations: 1.5 },
    { autoscaling: { enable: true } },
    { autoscaling: { behavior: "quick" } },
    { ingress: { scheme: "public" } },
    { failureRate: 1 },
  ])("echo-frontend rejects %j", async (values) => {
    await expect(helm.render("echo-frontend", { ...REQUIRED, ...values })).rejects.toThrow(
      Object.keys(values)[0],
    );
  });

  test("rejects an empty registry, as from an unset shell variable", async () => {
    const set = ["--set", "registry=", "--set", "color=blue", "--set", "version=11.0"];
    await expect(helm.run(["template", CHARTS + "echo-backend", ...set])).rejects.toThrow(/registry/);
  });

  // A values file with a section whose lines are all commented out has null there.
  test.each<[Chart, string]>([
    ...WORKLOADS.flatMap((chart): [Chart, string][] =>
      ["networkPolicy", "podMonitor", "resources", "extraEnv", "imagePullSecrets"].map((name) => [
        chart,
        name,
      ]),
    ),
    ["echo-frontend", "autoscaling"],
    ["echo-frontend", "ingress"],
    ["echo-traffic", "frontend"],
    ["echo-traffic", "gateway"],
    ["echo-traffic", "dashboard"],
    ["echo-traffic", "alerts"],
  ])("%s renders with an empty section %s", async (chart, name) => {
    const required = chart === "echo-traffic" ? {} : REQUIRED;
    await expect(helm.render(chart, { ...required, [name]: null })).resolves.not.toEqual([]);
  });

  test.each([{ backend: null }, { backend: { weights: null } }])(
    "echo-traffic rejects %j, because it has no weights then",
    async (values) => {
      await expect(helm.render("echo-traffic", values)).rejects.toThrow("Missing weights of echo-backend");
    },
  );

  test.each(WORKLOADS)("%s rejects null as a limit", async (chart) => {
    await expect(helm.render(chart, { ...REQUIRED, resources: { limits: { cpu: null } } })).rejects.toThrow(
      /resources.limits.cpu.*null/,
    );
  });
});
