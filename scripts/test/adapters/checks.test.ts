import { describe, expect, test } from "vitest";
import { connectCluster } from "../../src/adapters/checks.ts";
import { fixtureTools } from "../support/tools.ts";

describe("connecting to a cluster", () => {
  test("reports all problems at once", async () => {
    fixtureTools({ kubectl: [{ when: "readyz", stderr: "The connection was refused", exitCode: 1 }] });
    await expect(connectCluster({})).rejects.toThrow(
      /helm is not installed[^]*the cluster is not reachable: The connection was refused/,
    );
  });

  test("is not a problem but an interruption if the command is interrupted", async () => {
    fixtureTools({ helm: [], kubectl: [] });
    await expect(connectCluster({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      exitCode: 130,
      message: expect.stringContaining("Interrupted: kubectl"),
    });
  });
});
