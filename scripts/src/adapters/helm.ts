import * as v from "valibot";
import { HISTORY_MAX } from "../domain/history.ts";
import { failedWith, parseJson, run, unlessFailedWith } from "./command.ts";
import { type ClientOptions, createClient } from "./api-server.ts";

const Releases = v.array(
  v.object({ name: v.string(), revision: v.string(), status: v.string(), chart: v.string() }),
);
const Status = v.object({ info: v.object({ status: v.string() }) });
const Revision = v.object({ version: v.number() });
const Preview = v.object({ manifest: v.string() });

/** One `helm upgrade --install`. */
export interface Upgrade {
  release: string;
  chart: string;
  /** Strings, passed unchanged. They override the values that the release already has. */
  values: Readonly<Record<string, string>>;
  /** Like `values`, for numbers and booleans. */
  typedValues?: Readonly<Record<string, number | boolean>>;
  /** What `helm history` says of the revision. Default: helm's own text. */
  description?: string;
}

/** Each call that writes a revision also removes the oldest ones. */
const HISTORY = ["--history-max", String(HISTORY_MAX)];

const NOT_INSTALLED = /^Error: release: not found$/m;
/** What helm says if a release that it shall remove is gone. */
const GONE = /^Error: uninstall: .*(?:release: not found|is already deleted)$/m;
const IN_PROGRESS = /^Error: .*another operation \(install\/upgrade\/rollback\) is in progress$/m;

// Detached: a change of weights needs it, and Ctrl-C does not reach that either.
export const helmVersion = () => run("helm", ["version", "--short"], { timeout: 15_000, detached: true });

/** helm 3 or 4, in one namespace and context. Calls other than `upgrade` are retried while the API server is away. */
export function createHelm({ namespace, ...options }: ClientOptions & { namespace: string }) {
  const context = options.context ? ["--kube-context", options.context] : [];
  const { once, withRetries: helm } = createClient("helm", ["--namespace", namespace, ...context], options);
  const command = ["helm", "-n", namespace, ...context].join(" ");
  let isHelm3: Promise<boolean> | undefined;
  const byMajor = async <T>(three: T, four: T): Promise<T> => {
    isHelm3 ??= helmVersion().then((text) => text.startsWith("v3."));
    return (await isHelm3) ? three : four;
  };
  // helm 4 refuses to change a field that someone changed by hand since; helm 3 knows no owners of fields.
  const owning = () => byMajor<string[]>([], ["--server-side", "true", "--force-conflicts"]);
  const state = async <const S extends v.GenericSchema>(schema: S, release: string) => {
    const text = await unlessFailedWith(NOT_INSTALLED, helm(["status", release, "--output", "json"]));
    return text === undefined ? undefined : parseJson("helm status", schema, text);
  };
  /** deployed, failed, pending-upgrade …; undefined if the release is not installed. */
  const status = async (release: string): Promise<string | undefined> =>
    (await state(Status, release))?.info.status;

  return {
    version: helmVersion,

    /** Upgrades and waits until the pods are ready. helm itself rolls back if that takes over `timeoutSeconds`. */
    upgrade: async (upgrade: Upgrade, timeoutSeconds: number, interrupted?: AbortSignal): Promise<void> => {
      // helm 4 renamed the option.
      const rollback = await byMajor("--atomic", "--rollback-on-failure");
      const wait = ["--wait", rollback, "--timeout", `${timeoutSeconds}s`];
      await once([...upgradeArgs(upgrade), ...(await owning()), ...wait], {
        signal: interrupted,
        // A terminal that closes would kill it. It gets one SIGTERM instead, and rolls back in its own time.
        detached: true,
        forceKillAfterDelay: false,
      });
    },

    /**
     * Upgrades a chart without pods, once: it does not wait, and Ctrl-C cannot leave it half done.
     * @returns the revision that it has written, if helm says so
     */
    apply: async (upgrade: Upgrade): Promise<number | undefined> => {
      const args = [...upgradeArgs(upgrade), ...(await owning())];
      const output = await once(args, { detached: true, signal: undefined });
      const [, revision] = /^REVISION: (\d+)$/m.exec(output) ?? [];
      return revision === undefined ? undefined : Number(revision);
    },

    /** The manifest that an upgrade would install. @throws {CommandError} with the chart's reason if a value is invalid */
    preview: async (upgrade: Upgrade): Promise<string> => {
      const text = await helm([...upgradeArgs(upgrade), "--dry-run=server", "--output", "json"]);
      return parseJson("helm upgrade --dry-run", Preview, text).manifest.trim();
    },

    status,

    /** The number of the newest revision; undefined if the release is not installed. */
    revision: async (release: string): Promise<number | undefined> =>
      (await state(Revision, release))?.version,

    /** The installed manifest; undefined if the release is not in state `deployed`. */
    installedManifest: async (release: string): Promise<string | undefined> =>
      (await status(release)) === "deployed" ? helm(["get", "manifest", release]) : undefined,

    /** Restores a revision of a release, as `apply` does. Default: the previous one. */
    rollback: async (release: string, revision?: number): Promise<string> => {
      const to = revision === undefined ? [] : [String(revision)];
      const args = ["rollback", release, ...to, ...HISTORY, ...(await owning())];
      return helm(args, { detached: true, signal: undefined });
    },

    /** The values of a release, read with `schema`; undefined if it is not installed. */
    values: async <const S extends v.GenericSchema>(schema: S, release: string) => {
      const values = ["get", "values", release, "--all", "--output", "json"];
      const text = await unlessFailedWith(NOT_INSTALLED, helm(values));
      return text === undefined ? undefined : parseJson("helm get values", schema, text);
    },

    list: async () => {
      const states = ["--deployed", "--failed", "--pending", "--uninstalling"];
      return parseJson("helm list", Releases, await helm(["list", ...states, "--output", "json"]));
    },

    /** The start of a helm command for the user: `helm -n demos`. */
    command,

    /** The command that sets a value of a release, for a user in the folder of this repository. */
    setCommand: async (release: string, chart: string, value: string): Promise<string> => {
      const set = ["upgrade", release, `charts/${chart}`, "--reset-then-reuse-values", "--set", value];
      return [command, ...set, ...(await owning()), "--wait"].join(" ");
    },

    /** Removes a release, if it exists: a call that the API server did not answer may have removed it. */
    uninstall: async (release: string): Promise<void> => {
      await unlessFailedWith(GONE, helm(["uninstall", release, "--wait"]));
    },
  };
}

/** Installs, or upgrades and keeps the values that the operator has set. */
function upgradeArgs({ release, chart, values, typedValues = {}, description }: Upgrade): string[] {
  return [
    ...["upgrade", "--install", "--reset-then-reuse-values", ...HISTORY],
    ...(description === undefined ? [] : ["--description", description]),
    ...[release, chart],
    ...Object.entries(values).flatMap(([name, value]) => ["--set-string", `${name}=${escapeValue(value)}`]),
    ...Object.entries(typedValues).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  ];
}

/** Whether another helm works on the same release, or was killed during that. */
export function isInProgress(error: unknown): boolean {
  return failedWith(error, IN_PROGRESS);
}

/** In `--set-string`, helm takes a comma for a separator and an opening brace for a list. */
function escapeValue(value: string): string {
  return value.replaceAll(/[\\,{]/g, String.raw`\$&`);
}
