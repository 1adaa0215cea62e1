import { expect, onTestFinished, test } from "vitest";
import { chartPath } from "../src/lib/paths.ts";
import { DEFAULT_BACKEND_VERSIONS, DEFAULT_FRONTEND_VERSION } from "../src/domain/version.ts";
import { helm, HELM_WAIT } from "./support/commands.ts";
import { POLL } from "./support/limits.ts";
import { prepare, uninstall } from "./support/state.ts";
import { curl, NAMESPACE, registry } from "./support/system.ts";
import { shiftTo, upgradeTraffic } from "./support/traffic.ts";

/** A frontend for each form of the stable name, by its colour. */
const BACKENDS = {
  a: "http://echo-backend",
  b: `http://echo-backend.${NAMESPACE}:80`,
  c: `http://echo-backend.${NAMESPACE}.svc/`,
  d: `http://echo-backend.${NAMESPACE}.svc.cluster.local.`,
};

test("a gateway serves the name without a dot too", async () => {
  await prepare("gateway");
  await upgradeTraffic(["--set", "gateway.shortNames=true"]);
  await expect
    .poll(() => curl("http://echo-backend"), POLL)
    .toEqual([`{"version":"${DEFAULT_BACKEND_VERSIONS.blue}"}`]);
});

test("a shift waits for the frontends that use each form of the stable name", async () => {
  await prepare("service");
  const colors = Object.keys(BACKENDS);
  onTestFinished(async () => {
    await Promise.all(colors.map((color) => uninstall(`echo-frontend-${color}`)));
  });
  await Promise.all(
    Object.entries(BACKENDS).map(([color, backend]) => {
      const values = { registry, color, version: DEFAULT_FRONTEND_VERSION, replicas: 1, backend };
      const small = { resources: { requests: { cpu: "10m" } } };
      const install = ["install", `echo-frontend-${color}`, chartPath("echo-frontend"), "--values", "-"];
      return helm([...install, ...HELM_WAIT], JSON.stringify({ ...values, ...small }));
    }),
  );
  for (const target of ["green", "blue"]) {
    const output = await shiftTo(target);
    for (const color of [...colors, "blue"])
      expect(output).toMatch(
        new RegExp(`^echo-frontend-${color} follows: observed ${target} 100\\.0 %`, "m"),
      );
  }
});
