import { createServer } from "node:net";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { clusterKind } from "../../src/kind/kind.ts";
import { CONTEXT } from "../support/context.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

const REGISTRY = JSON.stringify([
  { State: { Running: true }, NetworkSettings: { Networks: { bridge: {}, kind: {} } } },
]);
const NO_REGISTRY: Answer = {
  when: "inspect",
  stderr: "Error: No such container: echo-registry",
  exitCode: 1,
};
const KIND: Answer = { when: "version", stdout: "kind v0.31.0 go1.25.5 linux/amd64" };

let printed: string[];
beforeEach(() => {
  printed = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  onTestFinished(() => void vi.restoreAllMocks());
});

/** Only docker and kind on PATH. @returns a function that returns their calls so far */
function tools(docker: readonly Answer[], kind: readonly Answer[]) {
  const calls = fixtureTools({ docker, kind });
  const callsOf = (name: string) => calls().filter(({ tool }) => tool === name);
  return () => ({ docker: callsOf("docker"), kind: callsOf("kind").map(({ args }) => args.join(" ")) });
}

/** Makes sure that port 5000 is in use until the test ends, by us or by someone else. */
async function takePort(): Promise<void> {
  const server = createServer().on("error", () => undefined);
  await new Promise((resolve) => server.once("listening", resolve).once("error", resolve).listen(5000));
  onTestFinished(() => void server.close());
}

test("without kind the plan is printed, followed by the problem", async () => {
  fixtureTools({ docker: [] });
  await expect(clusterKind({ dryRun: true }, CONTEXT)).rejects.toThrow(
    /nothing was changed:\n {2}✗ kind is not installed\n {4}Install it: https:/,
  );
  expect(printed.join("")).toContain("2. Create the kind cluster echo");
});

test("reports all problems at once", async () => {
  await takePort();
  fixtureTools({});
  await expect(clusterKind({}, CONTEXT)).rejects.toThrow(
    /docker is not installed[^]*kind is not installed[^]*port 5000 is in use by another process/,
  );
});

test("reports a port in use before anything is created", async () => {
  await takePort();
  const calls = tools([NO_REGISTRY], [KIND]);
  await expect(clusterKind({}, CONTEXT)).rejects.toThrow("port 5000 is in use by another process");
  expect(calls().kind).toEqual(["version", "get clusters", "version"]);
});

test("refuses a version of kind that is too old", async () => {
  const old = { when: "version", stdout: "kind v0.9.0 go1.15" };
  tools([{ when: "inspect", stdout: REGISTRY }], [old]);
  await expect(clusterKind({}, CONTEXT)).rejects.toThrow("kind 0.9.0 is too old: expected 0.27.0 or newer");
});

describe("with docker and kind", () => {
  test("creates a cluster, and points its node at the registry", async () => {
    const calls = tools(
      [{ when: "inspect", stdout: REGISTRY }],
      [KIND, { when: "get clusters", stdout: "kind\n" }],
    );
    await clusterKind({}, CONTEXT);
    expect(calls().kind).toContain("create cluster --name echo --wait 180s");
    expect(calls().docker.at(-1)).toMatchObject({
      args: expect.arrayContaining([
        "echo-control-plane",
        "/etc/containerd/certs.d/localhost:5000/hosts.toml",
      ]),
      stdin: '[host."http://echo-registry:5000"]\n',
    });
    expect(printed.join("")).toContain("export EKS_ECR_REGISTRY=localhost:5000");
  });

  test("creates nothing twice", async () => {
    const calls = tools(
      [{ when: "inspect", stdout: REGISTRY }],
      [
        KIND,
        { when: "get clusters", stdout: "echo\n" },
        { when: "get nodes", stdout: "echo-control-plane\n" },
      ],
    );
    await clusterKind({}, CONTEXT);
    expect(calls().kind.filter((call) => call.includes("create"))).toEqual([]);
    expect(calls().docker.filter(({ args }) => args[0] === "run")).toEqual([]);
  });

  test("removes both", async () => {
    const calls = tools(
      [{ when: "inspect", stdout: REGISTRY }],
      [
        KIND,
        { when: "get clusters", stdout: "echo\n" },
        { when: "get nodes", stdout: "echo-control-plane\n" },
      ],
    );
    await clusterKind({ delete: true }, CONTEXT);
    expect(calls().kind).toContain("delete cluster --name echo");
    expect(calls().docker.at(-1)?.args).toEqual(["rm", "--force", "--volumes", "echo-registry"]);
  });
});
