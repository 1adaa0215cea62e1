import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, listenOn } from "../../../services/kit/test/support/address.ts";
import { checkPorts } from "../../src/dev/port-check.ts";
import type { DevProcess } from "../../src/dev/plan.ts";

function service(port: number, adminPort: number): DevProcess {
  return {
    ...{ name: "blue", service: "echo-backend", color: "blue", version: "1.0", port, adminPort },
    ...{ bundle: "", env: {} },
  };
}

test.each(["127.0.0.1", "0.0.0.0"])(
  "names the process on a port that is taken on %s, and the command that ends it",
  async (address) => {
    const taken = [await listenOn(createServer(), address), await listenOn(createServer(), address)] as const;
    const found = await checkPorts([service(...taken)]);
    expect(found?.problem).toContain(
      `port ${taken[0]} (blue), port ${taken[1]} (blue, admin): process ${process.pid}, `,
    );
    expect(found?.remedy).toMatch(new RegExp(`^End \\w+: kill .*\\b${process.pid}\\b`));
  },
);

test("does not complain of a free port", async () => {
  const port = await freePort();
  const found = await checkPorts([service(port, await freePort())]);
  expect(found?.problem ?? "").not.toContain(`port ${port} `);
});
