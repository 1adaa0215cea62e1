import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../src/lib/paths.ts";
import { readLesson } from "../test/support/lesson/lesson.ts";
import { Terminals } from "../test/support/lesson/terminals.ts";
import { emptyNamespace } from "./support/state.ts";
import { NAMESPACE, registry } from "./support/system.ts";

// Every block of commands in part 2 of docs/tutorial.md runs, in the order of the text, and its output is compared with the
// page. scripts/test/docs/tutorial.test.ts runs the other parts. Each test continues where the one before ended.

/** As the page has them. */
const [PAGE_NAMESPACE, PAGE_REGISTRY] = ["demos", "localhost:5000"];

const lesson = readLesson(readFileSync(`${ROOT}docs/tutorial.md`, "utf8")).filter(({ part }) =>
  ["Part 2: on a cluster", "With helm alone"].includes(part),
);
const byHeading = Map.groupBy(lesson, ({ heading }) => heading);

const terminals = new Terminals({
  root: ROOT,
  env: { ECHO_NAMESPACE: NAMESPACE },
  localize: (commands) => commands.replaceAll(PAGE_NAMESPACE, NAMESPACE),
  delocalize: (output) =>
    output
      .replaceAll(new RegExp(`(pnpm [^\\n]*) -n ${NAMESPACE}`, "g"), "$1")
      .replaceAll(NAMESPACE, PAGE_NAMESPACE)
      .replaceAll(registry, PAGE_REGISTRY),
});

beforeAll(emptyNamespace);
afterAll(async () => {
  await terminals.close();
  await emptyNamespace();
});

test.each([...byHeading])("%s", async (_heading, steps) => {
  for (const step of steps) await expect(terminals.perform(step)).resolves.toBeUndefined();
});
