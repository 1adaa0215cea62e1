import { beforeAll, expect, onTestFinished, test } from "vitest";
import { cli } from "./support/commands.ts";
import { prepare, uninstall } from "./support/state.ts";
import { shiftTo, weights } from "./support/traffic.ts";

const SERVICE = ["--service", "echo-frontend"];

beforeAll(() => prepare("gateway"));

test("a shift of the frontend is refused while green is not deployed", async () => {
  const { exitCode, stderr } = await cli("shift", "green", ...SERVICE);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("echo-frontend-green is not deployed");
});

test("two frontends shift behind their own stable name, and the backends' weights stay", async () => {
  // A second frontend holds 0.6 of the node's CPU.
  onTestFinished(() => uninstall("echo-frontend-green"));
  const { exitCode, stderr } = await cli("release:frontend", "--color", "green");
  expect(exitCode, stderr).toBe(0);
  for (const color of ["green", "blue"]) await shiftTo(color, ...SERVICE);
  const { stdout } = await cli("shift", "status", ...SERVICE, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ colors: [{ observed: 100 }, { observed: 0 }] });
  expect(await weights()).toEqual({ blue: 100, green: 0 });
});
