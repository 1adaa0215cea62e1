import * as v from "valibot";
import { type CommonConfig, commonSettings } from "./common.ts";

/** One or more invalid settings. The message is one line that names each variable, its value and what is expected. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

const portSettings = v.object({ PORT: commonSettings.PORT, ADMIN_PORT: commonSettings.ADMIN_PORT });

/**
 * Parses `env` by `schema` into a frozen config. An empty variable means the default.
 * @throws {ConfigError} naming every invalid setting
 */
export function parseConfig<C extends CommonConfig>(
  schema: v.GenericSchema<unknown, C>,
  env: NodeJS.ProcessEnv,
): Readonly<C> {
  const given = Object.fromEntries(
    Object.entries(env)
      .map(([name, value]) => [name, value?.trim()])
      .filter(([, value]) => value),
  );
  const result = v.safeParse(schema, given, { abortPipeEarly: true });
  const problems = (result.issues ?? []).map((issue) => {
    const name = v.getDotPath(issue) ?? "";
    return invalidSetting(name, env[name], issue.message);
  });
  const ports = v.safeParse(portSettings, given);
  if (ports.success && ports.output.PORT === ports.output.ADMIN_PORT && ports.output.PORT !== 0)
    problems.push(invalidSetting("ADMIN_PORT", String(ports.output.ADMIN_PORT), "a port other than PORT's"));
  if (!result.success || problems.length > 0) throw new ConfigError(problems.join("; "));
  return Object.freeze(result.output);
}

/** The message for one invalid setting. It does not repeat what may be a user and password. */
export function invalidSetting(name: string, value = "", expected: string): string {
  return `Invalid ${name} ${JSON.stringify(value.replace(CREDENTIALS, "$1***@"))}: expected ${expected}`;
}

/** All that may stand before the last `@` of a URL, even if it is not a valid one, after the scheme. */
const CREDENTIALS = /^(\s*[a-z][a-z\d+.-]*:\/\/)?.*@/is;
