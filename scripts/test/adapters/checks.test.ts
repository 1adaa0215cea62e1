import { describe, expect, test } from "vitest";
import { connectCluster } from "../../src/adapters/checks.ts";
import { fixtureTools } from "../support/tools.ts";

const NEEDS = { rights: {}, usesJumpbox: false };

describe("connecting to a cluster", () => {
  test("reports all problems at once", async () => {
    fixtureTools({ kubectl: [{ when: "/version", stderr: "The connection was refused", exitCode: 1 }] });
    await expect(connectCluster({}, NEEDS)).rejects.toThrow(
      /helm is not installed[^]*the cluster is not reachable: The connection was refused/,
    );
  });

  test("checks nothing more in a cluster that does not respond", async () => {
    const stderr =
      "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host?";
    const calls = fixtureTools({ helm: [], kubectl: [{ when: "/version", stderr, exitCode: 1 }] });
    const needs = { rights: { secrets: ["get"] }, usesJumpbox: true };
    await expect(connectCluster({}, needs)).rejects.toThrow(/^Not started, nothing was changed:\n.*refused/);
    expect(calls().filter(({ args }) => args.includes("create"))).toEqual([]);
  });

  // kubectl without a kubeconfig requests localhost:8080, the port of the frontend of `pnpm dev`.
  test.each([
    ["a frontend", '{"backend":"11.0","ec2IP":"","hostname":"a","time":"15:04:05","version":"2.0"}'],
    ["a web server", "<html></html>"],
    ["nothing", ""],
  ])("is refused if %s responds in place of an API server", async (_what, stdout) => {
    fixtureTools({ helm: [], kubectl: [{ when: "/version", stdout }] });
    await expect(connectCluster({}, NEEDS)).rejects.toThrow(
      /the cluster is not reachable: it responds, but not as a Kubernetes API server/,
    );
  });

  test("is not a problem but an interruption if the command is interrupted", async () => {
    fixtureTools({ helm: [], kubectl: [] });
    await expect(connectCluster({}, NEEDS, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      exitCode: 130,
      message: expect.stringContaining("Interrupted: kubectl"),
    });
  });
});
