import * as v from "valibot";

/** A bad setting, or several. Its message is one line that names each variable, its value and what is allowed. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Longest accepted duration: one hour. Longer is a typo here, and timers overflow far above it. */
const MAX_MS = 3_600_000;

/** A number, read from an environment variable. `allowed` is shown to whoever got it wrong. */
function numeric(options: { fallback: number; pattern: RegExp; min: number; max: number; allowed: string }) {
  const { fallback, pattern, min, max, allowed } = options;
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(pattern, allowed),
      v.transform(Number),
      v.minValue(min, allowed),
      v.maxValue(max, allowed),
      v.description(allowed),
    ),
    String(fallback),
  );
}

/** A whole number from `min` to `max`, `fallback` when unset. */
export function integer(fallback: number, min: number, max: number) {
  return numeric({
    fallback,
    pattern: /^\d+$/,
    min,
    max,
    allowed: `a whole number from ${min} to ${max}`,
  });
}

/** A share in percent, 0 to 100, fractions allowed. */
export function percent(fallback: number) {
  return numeric({
    fallback,
    pattern: /^(\d+\.?\d*|\.\d+)$/,
    min: 0,
    max: 100,
    allowed: "a number from 0 to 100, in percent",
  });
}

/** A duration in whole milliseconds, at most an hour. */
export function milliseconds(fallback: number, min = 0) {
  return integer(fallback, min, MAX_MS);
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(fallback: T[number], words: T) {
  const allowed = `one of ${words.join(", ")}`;
  return v.optional(v.pipe(v.string(), v.picklist(words, allowed), v.description(allowed)), fallback);
}

/** Any text that `pattern` accepts, empty when unset. */
export function text(pattern: RegExp, allowed: string) {
  return v.optional(
    v.pipe(
      v.string(),
      v.check((value) => value === "" || pattern.test(value), allowed),
      v.description(allowed),
    ),
    "",
  );
}

/** An http or https URL, or the word `none`, which reads as undefined. */
export function urlOrNone() {
  const allowed = "none, or a URL that begins with http:// or https://";
  return v.optional(
    v.pipe(
      v.string(),
      v.check((value) => value === "none" || isHttpUrl(value), allowed),
      v.transform((value) => (value === "none" ? undefined : new URL(value))),
      v.description(allowed),
    ),
    "none",
  );
}

function isHttpUrl(value: string): boolean {
  return /^https?:$/.test(URL.parse(value)?.protocol ?? "");
}

/** The settings of both services. */
export const commonSettings = {
  /** Port of the echo. 0 takes any free one. */
  PORT: integer(8080, 0, 65_535),
  /** Port of /livez, /readyz and /metrics; never the same as PORT. 0 takes any free one. */
  ADMIN_PORT: integer(9090, 0, 65_535),
  /** The least severe level that is logged. */
  LOG_LEVEL: oneOf("info", ["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
  /** The colour this instance is deployed as: answered as `x-echo-color`, logged and measured. */
  COLOR: text(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "lower-case letters, digits and -, 63 at most"),
  /** How long to go on serving after SIGTERM, unready, while the endpoint's removal spreads. */
  DRAIN_MS: milliseconds(0),
  /** How long the requests in flight may then take to finish. */
  SHUTDOWN_TIMEOUT_MS: milliseconds(20_000),
  /** From which age on a connection is ended by its next answer. 0 never ends one. */
  CONNECTION_MAX_AGE_MS: milliseconds(0),
  /** Requests handled at once; one more is answered 503. */
  MAX_IN_FLIGHT: integer(2000, 1, 1_000_000),
};

export type CommonConfig = v.InferOutput<v.ObjectSchema<typeof commonSettings, undefined>>;

const portSettings = v.object({ PORT: commonSettings.PORT, ADMIN_PORT: commonSettings.ADMIN_PORT });

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `env` against `schema`, once. An empty variable means the default.
 * @throws {ConfigError} naming every bad setting
 */
export function parseConfig<C extends CommonConfig>(
  schema: v.GenericSchema<unknown, C>,
  env: Environment,
): Readonly<C> {
  const given = Object.fromEntries(
    Object.entries(env)
      .map(([name, value]) => [name, value?.trim()])
      .filter(([, value]) => value),
  );
  const result = v.safeParse(schema, given, { abortPipeEarly: true });
  const problems = (result.issues ?? []).map((issue) => {
    const name = v.getDotPath(issue) ?? "";
    return badSetting(name, env[name], issue.message);
  });
  const ports = v.safeParse(portSettings, given);
  if (ports.success && ports.output.PORT === ports.output.ADMIN_PORT && ports.output.PORT !== 0)
    problems.push(badSetting("ADMIN_PORT", String(ports.output.ADMIN_PORT), "a port other than PORT's"));
  if (!result.success || problems.length > 0) throw new ConfigError(problems.join("; "));
  return Object.freeze(result.output);
}

/** The one sentence for a bad setting. */
export function badSetting(name: string, value: string | undefined, allowed: string): string {
  return `${name} is ${JSON.stringify(value ?? "")}, allowed is ${allowed}`;
}
