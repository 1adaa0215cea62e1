import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { run } from "../src/adapters/command.ts";
import { workload } from "../src/domain/workload.ts";
import { ROOT } from "../src/lib/paths.ts";
import { cli } from "./support/commands.ts";
import { eventually } from "./support/limits.ts";
import { kill, revive, scale } from "./support/pods.ts";
import { digestOf, prepare, setValues } from "./support/state.ts";
import { backendSwitch, GATEWAY, weights } from "./support/traffic.ts";

const GREEN = workload("echo-backend", "green");

beforeAll(() => prepare("service"));

describe("a shift is refused", () => {
  test("when the target has no ready pods", async () => {
    onTestFinished(() => revive("green"));
    await kill("green");
    const { exitCode, stderr } = await cli("shift", "green");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/echo-backend-green has no ready pods[\s\S]*No traffic was moved/);
  });

  test("when the target has fewer pods than its share needs, until the printed command has added them", async () => {
    onTestFinished(() => revive("green"));
    await scale(GREEN.name, 1);
    await eventually("one pod of green", async () => (await backendSwitch.ready("green")) === 1 || undefined);
    const { exitCode, stderr } = await cli("shift", "green");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/has 1 ready pod, expected 2 \(100 % of the 2 at the origin\)\. 1 missing\./);
    expect(stderr).toContain("No traffic was moved");
    const [, command = ""] = /^Add them: (helm .*)$/m.exec(stderr) ?? [];
    await run("bash", ["-c", command], { cwd: ROOT });
    expect(await backendSwitch.ready("green")).toBe(2);
  });

  test("when the target returns another version than its release has", async () => {
    const own = await digestOf("green");
    onTestFinished(() => setValues(GREEN, `digest=${own}`));
    await setValues(GREEN, `digest=${await digestOf("blue")}`);
    const { exitCode, stderr } = await cli("shift", "green");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/must return version 12\.0, as released, but returns: {"version":"11\.0"}/);
    expect(stderr).toContain("No traffic was moved");
  });

  test("with the reason when a plain Service cannot have the weight", async () => {
    const { exitCode, stderr } = await cli("shift", "--green", "25");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("A weight of 25 needs mode gateway");
    expect(await weights()).toEqual({ blue: 100, green: 0 });
  });
});

test("a change of the mode is refused without --yes", async () => {
  const { exitCode, stderr } = await cli("shift", "mode", "gateway", ...GATEWAY);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("may lose requests");
  expect((await backendSwitch.read()).mode).toBe("service");
});
