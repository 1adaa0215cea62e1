import { describe, expect, test } from "vitest";
import { cliWith, inNamespace } from "./support/commands.ts";
import { dropsConnection, isFull, refusesLogin, startRegistry } from "./support/faulty-registry.ts";
import { cluster } from "./support/system.ts";

const FAULTS = [
  { what: "refuses the login", fault: refusesLogin, reason: /docker login[^]*401 Unauthorized/ },
  { what: "is full", fault: isFull, reason: /docker push[^]*507 Insufficient Storage/ },
  {
    what: "drops the connection",
    fault: dropsConnection,
    reason: /docker push[^]*(EOF|reset|broken pipe|closed network connection)/,
  },
];

// One after the other: docker uploads five layers at a time, and those that it retries would leave none to the tests beside.
describe("the release fails with docker's reason, and deploys nothing,", () => {
  test.for(FAULTS)("when the registry $what", async ({ fault, reason }) => {
    const before = await cluster.helm.list();
    const registry = await startRegistry(fault);
    try {
      const release = inNamespace(["release:blue", "--registry", registry.name, "--yes"]);
      const { exitCode, stderr } = await cliWith(release);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(reason);
      expect(stderr).toContain("not done: Deploy echo-backend-blue");
    } finally {
      registry.stop();
    }
    expect(await cluster.helm.list()).toEqual(before);
  });
});
