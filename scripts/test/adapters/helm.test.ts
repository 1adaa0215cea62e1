import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { createHelm } from "../../src/adapters/helm.ts";
import { fixtureTool } from "../support/tools.ts";

const OPTIONS = { namespace: "demos", context: "kind", retryMs: 0 };
const helm = createHelm(OPTIONS);
const upgrade = { release: "echo-backend-blue", chart: "/charts/echo-backend", values: { version: "11.0" } };

describe("the removal of a release", () => {
  const gone = "Error: uninstall: Release not loaded: echo-backend-blue: release: not found";

  test("succeeds if the API server goes away after it has removed the release", async () => {
    const away =
      'Error: Delete "https://127.0.0.1:1/api": read tcp 127.0.0.1:2->127.0.0.1:1: read: connection reset by peer';
    const calls = fixtureTool("helm", [
      { when: "uninstall", stderr: away, exitCode: 1, once: true },
      { when: "uninstall", stderr: gone, exitCode: 1 },
    ]);
    await createHelm({ namespace: "demos" }).uninstall("echo-backend-blue");
    expect(calls()).toHaveLength(2);
  });

  test("fails for another reason", async () => {
    const stderr = "Error: uninstall: failed to purge the release: secrets is forbidden";
    fixtureTool("helm", [{ when: "uninstall", stderr, exitCode: 1 }]);
    await expect(helm.uninstall("echo-backend-blue")).rejects.toThrow(stderr);
  });
});

describe("an upgrade", () => {
  test.each([
    ["v3.18.0+g1", ["--wait", "--atomic"]],
    ["v4.1.4+g1", ["--server-side", "true", "--force-conflicts", "--wait", "--rollback-on-failure"]],
  ])("by helm %s overrides changes by hand, waits, and rolls back by itself: %j", async (version, flags) => {
    const calls = fixtureTool("helm", [{ when: "version", stdout: version }]);
    await createHelm(OPTIONS).upgrade(upgrade, 30);
    const { args } = calls().at(-1) ?? { args: [] };
    expect(args).toEqual([
      ...["--namespace", "demos", "--kube-context", "kind", "upgrade", "--install"],
      ...["--reset-then-reuse-values", "--history-max", "100", "echo-backend-blue", "/charts/echo-backend"],
      ...["--set-string", "version=11.0", ...flags, "--timeout", "30s"],
    ]);
  });

  test("passes values unchanged, without a shell or helm's separators", async () => {
    const calls = fixtureTool("helm", []);
    const evil = "a b,c=d\\e$(touch x)`y`\n'\"";
    await helm.apply({ ...upgrade, values: { backend: evil }, typedValues: { replicas: 2 } });
    const { args } = calls().at(-1) ?? { args: [] };
    expect(args).toContain("backend=a b\\,c=d\\\\e$(touch x)`y`\n'\"");
    expect(args.join(" ")).toContain("--set replicas=2");
  });

  test("that fails reports the command, its exit code and helm's message", async () => {
    fixtureTool("helm", [{ when: "upgrade", stderr: "Error: no such chart", exitCode: 1 }]);
    await expect(helm.apply(upgrade)).rejects.toThrow(/exit code 1: helm [\s\S]*Error: no such chart/);
  });
});

describe("what is installed", () => {
  test("is the manifest of a deployed release", async () => {
    fixtureTool("helm", [
      { when: "status", stdout: '{"info":{"status":"deployed"}}' },
      { when: "get manifest", stdout: "kind: Service\n" },
    ]);
    expect(await helm.installedManifest("a")).toBe("kind: Service");
  });

  test("is undefined for a failed or missing release", async () => {
    fixtureTool("helm", [{ when: "status", stdout: '{"info":{"status":"failed"}}' }]);
    expect(await helm.installedManifest("a")).toBeUndefined();
    fixtureTool("helm", [{ when: "status", stderr: "Error: release: not found", exitCode: 1 }]);
    expect(await helm.installedManifest("a")).toBeUndefined();
  });

  test.each([
    'Error: kubernetes cluster unreachable: Get "https://c/version": getting credentials: exec: executable aws not found',
    'Error: kubernetes cluster unreachable: Get "https://c/version": dial tcp 127.0.0.1:1: connect: connection refused',
    "Error: chart: not found",
  ])("is unknown if helm fails otherwise: %s", async (stderr) => {
    fixtureTool("helm", [{ when: "status", stderr, exitCode: 1 }]);
    await expect(helm.installedManifest("a")).rejects.toThrow(stderr);
  });
});

test("an unexpected output is reported with the tool's name", async () => {
  fixtureTool("helm", [{ when: "get values", stdout: '{"mode":7}' }]);
  await expect(helm.values(v.object({ mode: v.string() }), "a")).rejects.toThrow(
    'Unexpected output of helm get values: {"mode":7}',
  );
});
