import { createServer } from "node:net";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { clusterKind } from "../../src/kind/kind.ts";
import { type Answer, fixtureTool } from "../support/tools.ts";

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

/** Both tools on PATH, and nothing else. @returns what they were called with */
function tools(docker: readonly Answer[], kind: readonly Answer[]) {
  const dockerCalls = fixtureTool("docker", docker);
  const path = process.env.PATH;
  const kindCalls = fixtureTool("kind", kind);
  vi.stubEnv("PATH", `${path}:${process.env.PATH}`);
  return () => ({ docker: dockerCalls(), kind: kindCalls().map(({ args }) => args.join(" ")) });
}

/** Whoever has port 5000, it is taken until the test ends. */
async function takePort(): Promise<void> {
  const server = createServer().on("error", () => undefined);
  await new Promise((resolve) => server.once("listening", resolve).once("error", resolve).listen(5000));
  onTestFinished(() => void server.close());
}

test("where there is no kind the plan is printed, and it says that it cannot be done here", async () => {
  fixtureTool("docker", []);
  await expect(clusterKind({ dryRun: true })).rejects.toThrow(
    /nothing was changed:\n {2}✗ kind is not installed\n {4}Install it: https:/,
  );
  expect(printed.join("")).toContain("2. Create the kind cluster echo");
});

test("all that is in the way is said at once", async () => {
  await takePort();
  fixtureTool("another", []);
  await expect(clusterKind({})).rejects.toThrow(
    /docker is not installed[^]*kind is not installed[^]*port 5000 is taken by another process/,
  );
});

test("a port that another process has is said before anything is made", async () => {
  await takePort();
  const calls = tools([NO_REGISTRY], [KIND]);
  await expect(clusterKind({})).rejects.toThrow("port 5000 is taken by another process");
  expect(calls().kind).toEqual(["version", "get clusters", "version"]);
});

test("a kind that is too old is refused", async () => {
  const old = { when: "version", stdout: "kind v0.9.0 go1.15" };
  tools([{ when: "inspect", stdout: REGISTRY }], [old]);
  await expect(clusterKind({})).rejects.toThrow("kind 0.9.0 is too old, 0.27.0 or newer is needed");
});

describe("with docker and kind", () => {
  test("a cluster is made, and its node learns where the registry is", async () => {
    const calls = tools(
      [{ when: "inspect", stdout: REGISTRY }],
      [KIND, { when: "get clusters", stdout: "kind\n" }],
    );
    await clusterKind({});
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

  test("nothing is made twice", async () => {
    const calls = tools(
      [{ when: "inspect", stdout: REGISTRY }],
      [
        KIND,
        { when: "get clusters", stdout: "echo\n" },
        { when: "get nodes", stdout: "echo-control-plane\n" },
      ],
    );
    await clusterKind({});
    expect(calls().kind.filter((call) => call.includes("create"))).toEqual([]);
    expect(calls().docker.filter(({ args }) => args[0] === "run")).toEqual([]);
  });

  test("both are removed", async () => {
    const calls = tools(
      [{ when: "inspect", stdout: REGISTRY }],
      [
        KIND,
        { when: "get clusters", stdout: "echo\n" },
        { when: "get nodes", stdout: "echo-control-plane\n" },
      ],
    );
    await clusterKind({ delete: true });
    expect(calls().kind).toContain("delete cluster --name echo");
    expect(calls().docker.at(-1)?.args).toEqual(["rm", "--force", "--volumes", "echo-registry"]);
  });
});
