import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readSbom } from "../../services/kit/test/support/sbom.ts";
import { run } from "../src/adapters/command.ts";
import { createDocker } from "../src/adapters/docker.ts";
import { workload } from "../src/domain/workload.ts";
import { ROOT } from "../src/lib/paths.ts";
import { record } from "./support/record.ts";

const docker = createDocker();
const IMAGES = [workload("echo-backend", "blue"), workload("echo-frontend", "blue")];
const Inspected = v.pipe(
  v.string(),
  v.parseJson(),
  v.tuple([
    v.object({
      Config: v.object({
        User: v.string(),
        Entrypoint: v.array(v.string()),
        ExposedPorts: v.record(v.string(), v.unknown()),
        Labels: v.record(v.string(), v.string()),
      }),
    }),
  ]),
);

describe.each(IMAGES)("the image of $service", ({ service, version }) => {
  const image = `${service}:e2e`;

  beforeAll(() =>
    docker.build({
      image,
      dockerfile: `${ROOT}docker/Dockerfile`,
      context: ROOT,
      args: { SERVICE: service, VERSION: version, REVISION: "abc" },
    }),
  );

  test("starts node as a numeric user, and says what it is", async () => {
    const [{ Config }] = v.parse(Inspected, await run("docker", ["image", "inspect", image]));
    expect(Config.User).toBe("65532:65532");
    expect(Config.Entrypoint[0]).toBe("/usr/local/bin/node");
    expect(Object.keys(Config.ExposedPorts).toSorted((a, b) => a.localeCompare(b))).toEqual([
      "8080/tcp",
      "9090/tcp",
    ]);
    expect(Config.Labels).toMatchObject({
      "org.opencontainers.image.title": service,
      "org.opencontainers.image.version": version,
      "org.opencontainers.image.revision": "abc",
      "org.opencontainers.image.source": expect.stringMatching(/^https:/),
    });
  });

  test.each(["sh", "bash", "npm", "apt-get"])("has no %s", async (program) => {
    await expect(run("docker", ["run", "--rm", "--entrypoint", program, image])).rejects.toThrow(/not found/);
  });

  test.each([
    ["", []],
    [", tracing", ["--env=OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318"]],
  ])("runs with a read-only root file system, without any capability%s", async (_how, env) => {
    const flags = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", ...env];
    const container = await run("docker", ["run", "--detach", "--publish=127.0.0.1::8080", ...flags, image]);
    try {
      const address = (await run("docker", ["port", container, "8080"])).split("\n")[0] ?? "";
      const answer = async () =>
        fetch(`http://${address}`).then(
          (response) => response.status,
          () => undefined,
        );
      await expect.poll(answer, { timeout: 30_000 }).toBe(200);
    } finally {
      await run("docker", ["rm", "--force", container]);
    }
  });

  test("holds its own SBOM, with the Node that it runs", async () => {
    const file = join(tmpdir(), `${service}.cdx.json`);
    onTestFinished(() => rm(file));
    await docker.copyOut(image, "/app/main.cdx.json", file);
    const node = await run("docker", [
      ...["run", "--rm", "--entrypoint", "/usr/local/bin/node", image, "--print", "process.versions.node"],
    ]);
    expect(readSbom(file).get("node")).toEqual([node]);
  });

  test("is 50 MB at most, compressed", async () => {
    const bytes = await docker.compressedBytes(image);
    record(`${service}, compressed`, { bytes });
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(bytes).toBeLessThan(50_000_000);
  });
});

test("bake builds all three, for both platforms", async () => {
  const files = ["-f", "services/versions.json", "-f", "docker/docker-bake.hcl"];
  const plan = JSON.parse(await run("docker", ["buildx", "bake", ...files, "--print"], { cwd: ROOT }));
  expect(Object.keys(plan.target).toSorted((a, b) => a.localeCompare(b))).toEqual([
    "blue",
    "frontend",
    "green",
  ]);
  for (const target of Object.values(plan.target))
    expect(target).toMatchObject({ platforms: ["linux/amd64", "linux/arm64"] });
  expect(plan.target.green).toMatchObject({ args: { SERVICE: "echo-backend", VERSION: "12.0" } });
});
