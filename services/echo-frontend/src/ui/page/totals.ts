import type { Result, Source } from "./result.ts";
import { percent } from "./words.ts";

/** Counts since the start: of each source, and of the responses of each pod. */
export class Totals {
  #count = 0;
  #errors = 0;
  #sources = new Map<Source, number>();
  #pods = new Map<string, { node: string; count: number }>();

  /** @param hostname the pod that responded, empty if none did */
  add({ source, ok }: Result, hostname: string, node: string): void {
    this.#count++;
    if (!ok) this.#errors++;
    this.#sources.set(source, (this.#sources.get(source) ?? 0) + 1);
    if (hostname) this.#pods.set(hostname, { node, count: (this.#pods.get(hostname)?.count ?? 0) + 1 });
  }

  clear(): void {
    this.#count = 0;
    this.#errors = 0;
    this.#sources.clear();
    this.#pods.clear();
  }

  /** Such as `1200 requests, blue 75.0 %, green 25.0 %`. */
  describe(): string {
    if (this.#count === 0) return "no response yet";
    const shares = [...this.#sources]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([source, count]) => `${source} ${percent(count / this.#count)}`);
    if (this.#errors > 0) shares.push(`errors ${percent(this.#errors / this.#count)}`);
    return [`${this.#count} requests`, ...shares].join(", ");
  }

  /** Rows of name, node and number of responses. */
  pods(): string[][] {
    return [...this.#pods]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, { node, count }]) => [name, node || "–", String(count)]);
  }
}
