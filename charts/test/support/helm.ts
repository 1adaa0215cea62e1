import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describeWith } from "@echo/kit/testing/tools";
import { describe, inject } from "vitest";
import { parseAllDocuments } from "yaml";

/** The folder of the charts. */
export const CHARTS = fileURLToPath(new URL("../../", import.meta.url));

/** The charts that run a service. */
export const WORKLOADS = ["echo-backend", "echo-frontend"] as const;
export type Chart = (typeof WORKLOADS)[number] | "echo-traffic";
export type Values = Readonly<Record<string, unknown>>;

/** Values for the required values of a workload's chart. */
export const REQUIRED = { registry: "registry.example/team", color: "blue", version: "11.0" };

/** Runs `body` for each helm that was found. Without any its tests are skipped. */
export function describeWithHelm(title: string, body: (helm: Helm) => void): void {
  const helms = inject("helms");
  if (helms.length === 0) describeWith("helm", title, (path) => body(new Helm(path)));
  describe.each(helms)(`${title}, by helm $version`, ({ path }) => {
    body(new Helm(path));
  });
}

/** One helm. A command that fails rejects with helm's own message. */
export class Helm {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The objects of a chart with these values, passed as a values file. */
  render(chart: Chart, values: Values = {}): Promise<unknown[]> {
    return this.template(chart, chart, ["--values", "-"], JSON.stringify(values));
  }

  /** The objects of a chart, one of ours by its name or any other by its path, in namespace demos. */
  async template(
    release: string,
    chart: string,
    args: readonly string[] = [],
    input = "",
  ): Promise<unknown[]> {
    const text = await this.run(
      ["--namespace", "demos", "template", release, resolve(CHARTS, chart), ...args],
      input,
    );
    return parseAllDocuments(text)
      .map((document): unknown => document.toJS())
      .filter((object) => object !== null);
  }

  async run(args: readonly string[], input = ""): Promise<string> {
    const running = promisify(execFile)(this.#path, args);
    // If helm rejects its arguments, it exits before it reads stdin. Its exit code reports that.
    running.child.stdin?.on("error", () => undefined).end(input);
    try {
      return (await running).stdout;
    } catch (error) {
      if (error instanceof Error && "stderr" in error)
        throw new Error(String(error.stderr), { cause: error });
      throw error;
    }
  }
}

/** The only object of a kind. */
export function only<T>(objects: readonly unknown[], isKind: (object: unknown) => object is T): T {
  const found = objects.filter((candidate) => isKind(candidate));
  const [object] = found;
  if (object === undefined || found.length > 1)
    throw new Error(`Unexpected number of objects ${found.length}: expected one.`);
  return object;
}
