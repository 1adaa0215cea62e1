import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { record } from "../../services/kit/test/support/record.ts";
import { readSbom } from "../../services/kit/test/support/sbom.ts";
import { run } from "../src/adapters/command.ts";
import { createDocker } from "../src/adapters/docker.ts";
import { ROOT } from "../src/lib/paths.ts";
import { workload } from "../src/domain/workload.ts";
import { eventually } from "./support/limits.ts";

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

/** A copy of the repository as a clone under this umask has it. The end of the tests removes it. */
async function copyUnder(umask: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "echo-clone-"));
  const copy = `git ls-files -z | tar --null -T - -c | (umask ${umask}; tar -x --no-same-permissions -C "$0")`;
  await run("bash", ["-o", "pipefail", "-c", copy, folder], { cwd: ROOT });
  return folder;
}

describe.each(IMAGES)("the image of $service", ({ service, version }) => {
  const image = `${service}:e2e`;

  beforeAll(async () => {
    const clone = service === "echo-backend" ? await copyUnder("077") : undefined;
    await docker.build({
      image,
      dockerfile: `${ROOT}docker/Dockerfile`,
      context: clone ?? ROOT,
      args: { SERVICE: service, VERSION: version, REVISION: "abc" },
    });
    return clone && (() => rm(clone, { recursive: true }));
  });

  test("has files of root that all may read and only root may write, whatever umask its clone had", async () => {
    const list = 'id=$(docker create "$0"); docker export "$id" | tar -tv; docker rm "$id" >/dev/null';
    const files = (await run("bash", ["-c", list, image])).split("\n").filter((line) => / app\/./.test(line));
    const kinds = new Set(files.map((line) => line.split(/\s+/).slice(0, 2).join(" ")));
    expect(kinds).toEqual(new Set(["drwxr-xr-x root/root", "-r--r--r-- root/root", "-rw-r--r-- root/root"]));
    const names = files.map((line) => line.split(" app/").at(-1) ?? "");
    expect(names.filter((name) => name.startsWith("cache/") && !name.endsWith("/"))).toHaveLength(1);
    expect(names.filter((name) => !name.startsWith("cache/"))).toEqual([
      "main.cdx.json",
      "main.mjs",
      "tracing.mjs",
    ]);
  });

  test("runs node as a numeric user, and its labels say what it is", async () => {
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
    [", with traces on", ["--env=OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318"]],
  ])("runs with a read-only root file system and without any capability%s", async (_how, env) => {
    const flags = [
      "--env=NODE_DEBUG_NATIVE=COMPILE_CACHE",
      "--read-only",
      "--cap-drop=ALL",
      "--security-opt=no-new-privileges",
      ...env,
    ];
    const container = await run("docker", ["run", "--detach", "--publish=127.0.0.1::8080", ...flags, image]);
    try {
      const address = (await run("docker", ["port", container, "8080"])).split("\n")[0] ?? "";
      const status = () =>
        fetch(`http://${address}`).then(
          (response) => response.status,
          () => undefined,
        );
      expect(await eventually("a response", status)).toBe(200);
      // It runs the code that was compiled at build time, as root's file that it can only read.
      expect(await run("bash", ["-c", 'docker logs "$0" 2>&1', container])).toContain("was accepted");
    } finally {
      await run("docker", ["rm", "--force", container]);
    }
  });

  test("contains its own SBOM, which lists the Node that it runs", async () => {
    const file = join(tmpdir(), `${service}.cdx.json`);
    onTestFinished(() => rm(file));
    await docker.copyOut(image, "/app/main.cdx.json", file);
    const node = await run("docker", [
      ...["run", "--rm", "--entrypoint", "/usr/local/bin/node", image, "--print", "process.versions.node"],
    ]);
    expect(readSbom(file).get("node")).toEqual([node]);
  });

  test("is at most 50 MB when compressed", async () => {
    const bytes = await docker.compressedBytes(image);
    record(`${service}, compressed`, { bytes });
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(bytes).toBeLessThan(50_000_000);
  });
});

test("bake builds all three images for both platforms", async () => {
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
