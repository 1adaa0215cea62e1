import { readFileSync, rmSync } from "node:fs";
import { delimiter } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ROOT } from "../../src/lib/paths.ts";
import { copySources } from "../support/copy.ts";
import { readLesson, type Step } from "../support/lesson/lesson.ts";
import { Terminals } from "../support/lesson/terminals.ts";
import { openNetwork } from "../support/network.ts";
import { nodes, NOTHING_RELEASED } from "../support/release.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

// Every block of commands in docs/tutorial.md runs, in the order of the text, and its output is compared with the page. Here
// runs what needs no cluster; e2e/tutorial.test.ts runs part 2.

/** These steps start many processes, and wait for traffic. The limit ends only what hangs. */
const LIMIT_MS = 3_600_000;

const lesson = readLesson(readFileSync(`${ROOT}docs/tutorial.md`, "utf8"));
const stepsBelow = (part: string) => lesson.filter((step) => step.part === part);
const blocksBelow = (heading: string) => lesson.filter((step) => step.heading === heading);

/** Performs steps, each of them as a test that continues where the one before ended. */
function testSteps(steps: readonly Step[], terminals: () => Terminals): void {
  const byHeading = Map.groupBy(steps, ({ heading }) => heading);
  test.each([...byHeading])(
    "%s",
    async (_heading, own) => {
      for (const step of own) await expect(terminals().perform(step)).resolves.toBeUndefined();
    },
    LIMIT_MS,
  );
}

describe("part 1 of the tutorial, on this machine:", () => {
  let terminals: Terminals;
  let root: string;
  let closeNetwork: () => void;

  beforeAll(async () => {
    root = copySources();
    const { network, close } = await openNetwork();
    closeNetwork = close;
    terminals = new Terminals({ root, wrap: network });
  });
  afterAll(async () => {
    await terminals.close();
    closeNetwork();
    rmSync(root, { recursive: true });
  });

  testSteps(stepsBelow("Part 1: on your machine"), () => terminals);
});

/** Performs steps with stand-ins for tools that come first on PATH. */
async function performWith(tools: Readonly<Record<string, readonly Answer[]>>, steps: readonly Step[]) {
  const { PATH: before = "" } = process.env;
  const calls = fixtureTools(tools);
  const terminals = new Terminals({ root: ROOT, env: { PATH: [process.env.PATH, before].join(delimiter) } });
  onTestFinished(() => terminals.close());
  for (const step of steps) await terminals.perform(step);
  return calls();
}

const REGISTRY = JSON.stringify([
  { State: { Running: true }, NetworkSettings: { Networks: { bridge: {}, kind: {} } } },
]);

test("the preparation of kind shows what a machine with docker and kind prints", async () => {
  const kind = [{ when: "version", stdout: "kind v0.31.0 go1.25.5 linux/amd64" }];
  const docker = [{ when: "inspect", stdout: REGISTRY }];
  const calls = await performWith({ docker, kind }, blocksBelow("Prepare kind"));
  const created = calls.filter(({ tool, args }) => tool === "kind" && args[0] === "create");
  expect(created.map(({ args }) => args.join(" "))).toEqual(["create cluster --name echo --wait 180s"]);
});

test("the preparation of EKS shows the plan with the repositories and the login, and changes nothing", async () => {
  const calls = await performWith(
    {
      docker: [{ when: "imagetools", stderr: "ERROR: not found", exitCode: 1 }],
      helm: NOTHING_RELEASED,
      kubectl: [
        { when: "get nodes", stdout: nodes("amd64") },
        { when: "get resourcequotas", stdout: '{"items":[]}' },
        { when: "get deployments", stdout: '{"items":[]}' },
      ],
    },
    blocksBelow("Prepare EKS"),
  );
  expect(calls.filter(({ args }) => /^(push|build|upgrade|login)$/.test(args[0] ?? ""))).toEqual([]);
});

describe("the tutorial", () => {
  test("has commands in no other part than those that tests run", () => {
    expect([...new Set(lesson.map(({ part }) => part))]).toEqual([
      "Part 1: on your machine",
      "Prepare a cluster",
      "Part 2: on a cluster",
      "With helm alone",
    ]);
    expect(new Set(stepsBelow("Prepare a cluster").map(({ heading }) => heading))).toEqual(
      new Set(["Prepare kind", "Prepare EKS"]),
    );
  });

  test("has exercises with solutions", () => {
    const exercises = new Set(
      lesson.map(({ heading }) => heading).filter((each) => /^Exercise \d/.test(each)),
    );
    expect(exercises.size).toBeGreaterThanOrEqual(4);
  });
});
