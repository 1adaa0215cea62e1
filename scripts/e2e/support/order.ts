import { createHash } from "node:crypto";
import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** It needs an empty namespace, as the first file finds it. */
const FIRST = "chapter.test.ts";
/** A file after these would have to release everything again, and so would the first after the second. */
const LAST = ["next-version.test.ts", "chart-upgrade.test.ts"];

/** Files in random order, the same for the same seed, but with those at the ends that save a release there. */
export function inOrder(names: readonly string[], seed: number): string[] {
  const rank = (name: string): string => createHash("sha256").update(`${seed} ${name}`).digest("hex");
  const others = names.filter((name) => name !== FIRST && !LAST.includes(name));
  const random = others.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return [FIRST, ...random, ...LAST].filter((name) => names.includes(name));
}

/** Gives vitest this order, and prints the seed. */
export class Order extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { seed } = this.ctx.config.sequence;
    this.ctx.logger.log(`Running the files in random order, with the seed ${seed}.`);
    const byName = new Map(files.map((file) => [basename(file.moduleId), file]));
    return inOrder([...byName.keys()], seed).flatMap((name) => byName.get(name) ?? []);
  }
}
