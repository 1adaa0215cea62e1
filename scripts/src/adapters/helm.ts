import * as v from "valibot";
import { CommandError, type CommandOptions, run } from "./command.ts";
import { parseJson } from "./json.ts";
import { PATIENCE_MS, patiently } from "./patience.ts";

const Release = v.object({
  name: v.string(),
  revision: v.string(),
  status: v.string(),
  chart: v.string(),
  updated: v.string(),
});
export type HelmRelease = v.InferOutput<typeof Release>;

/** One `helm upgrade --install`. */
export interface Upgrade {
  release: string;
  chart: string;
  /** Given as strings, exactly; they win over the values that the release already has. */
  values: Readonly<Record<string, string>>;
  /** Like `values`, and numbers or true and false stay what they are. */
  typedValues?: Readonly<Record<string, number | boolean>>;
}

export type Helm = ReturnType<typeof createHelm>;

const State = v.object({ info: v.object({ status: v.string() }) });

export interface HelmOptions {
  namespace: string;
  context?: string | undefined;
  /** How long calls are made again while the API server is away, in ms; never an `upgrade`. */
  patienceMs?: number;
}

/** helm, 3 or 4, in one namespace and context. */
export function createHelm({ namespace, context, patienceMs = PATIENCE_MS }: HelmOptions) {
  const global = ["--namespace", namespace, ...(context ? ["--kube-context", context] : [])];
  const once = (args: readonly string[], options?: CommandOptions) =>
    run("helm", [...global, ...args], options);
  const helm = (args: readonly string[], options: CommandOptions = {}) =>
    patiently(() => once(args, options), patienceMs, options.signal);

  /** deployed, failed, pending-upgrade …; undefined where the release is not installed. */
  const status = async (release: string): Promise<string | undefined> => {
    try {
      const text = await helm(["status", release, "--output", "json"]);
      return parseJson("helm status", State, text).info.status;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };

  return {
    version,

    /** Waits until it is ready and rolls back by itself when it does not become so within `timeoutSeconds`. */
    upgrade: async (upgrade: Upgrade, timeoutSeconds: number, signal?: AbortSignal): Promise<void> => {
      // The option's name is another in helm 4.
      const rollback = (await version()).startsWith("v3.") ? "--atomic" : "--rollback-on-failure";
      await once([...upgradeArgs(upgrade), "--wait", rollback, "--timeout", `${timeoutSeconds}s`], {
        signal,
        endsInItsOwnTime: true,
      });
    },

    /** Upgrades without waiting for anything, as fits a chart without pods; all of it, whatever the terminal is told. */
    apply: (upgrade: Upgrade): Promise<string> => helm(upgradeArgs(upgrade), { detached: true }),

    /** The manifest that an upgrade would install. @throws {CommandError} with the chart's own words when a value is refused */
    preview: async (upgrade: Upgrade): Promise<string> => {
      const text = await helm([...upgradeArgs(upgrade), "--dry-run=server", "--output", "json"]);
      return parseJson("helm upgrade --dry-run", v.object({ manifest: v.string() }), text).manifest.trim();
    },

    status,

    /** The manifest that is installed now; undefined where the release is not, or not in one piece. */
    installedManifest: async (release: string): Promise<string | undefined> =>
      (await status(release)) === "deployed" ? helm(["get", "manifest", release]) : undefined,

    /** Takes a release back to the revision before its last. */
    rollback: (release: string) => helm(["rollback", release]),

    /** The values that were set for a release, as `schema` reads them; undefined where it is not installed. */
    values: async <const S extends v.GenericSchema>(schema: S, release: string) => {
      try {
        return parseJson(
          "helm get values",
          schema,
          await helm(["get", "values", release, "--all", "--output", "json"]),
        );
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },

    list: async (): Promise<HelmRelease[]> =>
      parseJson(
        "helm list",
        v.array(Release),
        await helm(["list", "--deployed", "--failed", "--pending", "--uninstalling", "--output", "json"]),
      ),

    uninstall: (release: string) => helm(["uninstall", release, "--wait"]),
  };
}

function version(): Promise<string> {
  return run("helm", ["version", "--short"], { timeout: 15_000 });
}

/** Installs, or upgrades while keeping the operator's own values. */
function upgradeArgs({ release, chart, values, typedValues = {} }: Upgrade): string[] {
  return [
    ...["upgrade", "--install", "--create-namespace", "--reset-then-reuse-values", release, chart],
    ...Object.entries(values).flatMap(([name, value]) => ["--set-string", `${name}=${escapeValue(value)}`]),
    ...Object.entries(typedValues).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  ];
}

function isNotFound(error: unknown): boolean {
  return error instanceof CommandError && error.stderr.includes("not found");
}

/** Whether another helm is at the same release, or was killed while it was. */
export function isInProgress(error: unknown): boolean {
  return error instanceof CommandError && error.stderr.includes("another operation");
}

/** helm reads commas in `--set-string` as separators, and an opening brace as a list. */
function escapeValue(value: string): string {
  return value.replaceAll(/[\\,{]/g, String.raw`\$&`);
}
