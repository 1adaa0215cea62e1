import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { waitFor } from "../src/lib/wait.ts";
import { digestOf, kill, revive, releaseAll, setValues } from "./support/backends.ts";
import { cli } from "./support/system.ts";
import {
  changeMode,
  GATEWAY,
  name,
  shiftTo,
  startCanary,
  weights,
  weightsBecome,
} from "./support/traffic.ts";

beforeAll(async () => {
  await releaseAll();
  await changeMode("gateway");
});

describe("a canary", () => {
  test("goes through to a good colour, and status says so", async () => {
    await shiftTo("blue");
    await shiftTo("green", "--steps", "25,100", "--interval", "1s");
    const { stdout } = await cli("shift", "status", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      colors: [
        { color: "blue", weight: 0, observed: 0, pods: "2/2" },
        { color: "green", weight: 100, observed: 100, pods: "2/2" },
      ],
    });
    await shiftTo("blue");
  });

  test("comes back by itself from a colour that fails 20 % of its requests", async () => {
    await setValues("green", "failureRate=20");
    onTestFinished(() => setValues("green", "failureRate=0"));
    const { exitCode, stderr } = await cli("shift", "green", "--steps", "25,50,100", "--interval", "2s");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/green is not good enough: [\d.]+ % of its \d+ requests failed/);
    expect(stderr).toContain("The traffic is back at blue 100 %, green 0 %");
    expect(await weights()).toEqual({ blue: 100, green: 0 });
  });

  test("comes back by itself from a colour that is killed in the middle", async () => {
    const shifting = startCanary();
    await weightsBecome({ blue: 50, green: 50 });
    await kill("green");
    const { exitCode, stderr } = await shifting;
    expect(exitCode).toBe(1);
    expect(stderr).toContain("The traffic is back at blue 100 %, green 0 %");
    expect(await weights()).toEqual({ blue: 100, green: 0 });
    await revive("green");
  });

  test.each([
    ["restore", { blue: 100, green: 0 }],
    ["hold", { blue: 50, green: 50 }],
  ])("interrupted in the middle does as told: %s", async (onInterrupt, left) => {
    const shifting = startCanary("--on-interrupt", onInterrupt);
    await weightsBecome({ blue: 50, green: 50 });
    const refused = await cli("shift", "green");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("is shifting traffic now (echo-backend: green to 50, 100 %)");
    shifting.kill("SIGINT");
    expect((await shifting).exitCode).toBe(130);
    expect(await weights()).toEqual(left);
    await shiftTo("blue");
  });

  test("that crashed leaves a lock that ends by itself, and the next shift says what it found", async () => {
    const shifting = startCanary();
    await weightsBecome({ blue: 50, green: 50 });
    shifting.kill("SIGKILL");
    await shifting;
    expect((await cli("shift", "blue")).stderr).toMatch(
      /Should it have crashed, its lock ends by itself in \d+ s/,
    );
    const taken = await waitFor(
      async () => {
        const result = await cli("shift", "blue");
        return result.exitCode === 0 ? result.stdout : undefined;
      },
      { timeoutMs: 90_000 },
    );
    expect(taken).toMatch(
      /The last shift \(echo-backend: green to 50, 100 %, by \S+\) did not end; it is taken over/,
    );
    expect(taken).toContain("blue 50 %, green 50 %");
    expect(await weights()).toEqual({ blue: 100, green: 0 });
  });
});

describe("a release", () => {
  test("of the other colour, or of everything, leaves the traffic where it is", async () => {
    await shiftTo("green");
    for (const command of ["release:blue", "release"]) {
      const { exitCode, stderr } = await cli(command, "--yes");
      expect(exitCode, stderr).toBe(0);
      expect(await weights()).toEqual({ blue: 0, green: 100 });
    }
    await shiftTo("blue");
  });

  test("over the live colour asks first", async () => {
    await setValues("blue", "digest=");
    const refused = await cli("release:blue");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("echo-backend-blue has traffic now");
    const { exitCode, stderr } = await cli("release:blue", "--yes");
    expect(exitCode, stderr).toBe(0);
  });

  test("with --shift takes the traffic along", async () => {
    const { exitCode, stderr } = await cli("release:green", "--shift");
    expect(exitCode, stderr).toBe(0);
    expect(await weights()).toEqual({ blue: 0, green: 100 });
    await shiftTo("blue");
  });
});

test("two frontends shift behind a stable name of their own, told apart by their colour", async () => {
  const service = ["--service", "echo-frontend"];
  const without = await cli("shift", "green", ...service);
  expect(without.exitCode).toBe(1);
  expect(without.stderr).toContain("echo-frontend-green is not deployed");
  const { exitCode, stderr } = await cli("release:frontend", "--color", "green");
  expect(exitCode, stderr).toBe(0);
  for (const color of ["green", "blue"]) await shiftTo(color, ...service);
  const { stdout } = await cli("shift", "status", ...service, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ colors: [{ observed: 100 }, { observed: 0 }] });
  expect(await weights()).toEqual({ blue: 100, green: 0 });
});

describe("refusals", () => {
  test("a target without ready pods", async () => {
    await kill("green");
    const { exitCode, stderr } = await cli("shift", "green");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/echo-backend-green has no ready pods[\s\S]*No traffic was moved/);
    await revive("green");
  });

  test("a target that answers another version than it was released as", async () => {
    const own = await digestOf("green");
    await setValues("green", `digest=${await digestOf("blue")}`);
    const { exitCode, stderr } = await cli("shift", "green");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/must answer version 12\.0, as it was released, but answers: {"version":"11\.0"}/);
    expect(stderr).toContain("No traffic was moved");
    await setValues("green", `digest=${own}`);
  });

  test("a weight that a plain Service cannot do, with the reason", async () => {
    await changeMode("service");
    const { exitCode, stderr } = await cli("shift", "--green", "25");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("A weight of 25 needs mode gateway");
    expect(await weights()).toEqual({ blue: 100, green: 0 });
  });

  test("a change of mode that nobody confirmed", async () => {
    const { exitCode, stderr } = await cli("shift", "mode", "gateway", ...GATEWAY);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("may lose requests");
    expect((await name.read()).mode).toBe("service");
  });
});
