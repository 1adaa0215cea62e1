import { Agent as HttpAgent, type ProxyEnv } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, isIPv4 } from "node:net";
import { UserError } from "../lib/errors.ts";

/** curl's port of a proxy whose URL has none. */
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "1080", "https:": "443" };

/**
 * The proxies that curl would use (https://curl.se/docs/manpage.html#ENVIRONMENT): `http_proxy` in lower case only, the others
 * in either case, `ALL_PROXY` for both schemes. Node reads NO_PROXY differently, so it is translated.
 * @throws {UserError} if a proxy is not one for HTTP
 */
export function proxiesIn(env: NodeJS.ProcessEnv): ProxyEnv {
  const all = firstOf(env, "all_proxy", "ALL_PROXY");
  const http = firstOf(env, "http_proxy") ?? all;
  const https = firstOf(env, "https_proxy", "HTTPS_PROXY") ?? all;
  const without = firstOf(env, "no_proxy", "NO_PROXY");
  return {
    ...(http && { http_proxy: readProxy(...http) }),
    ...(https && { https_proxy: readProxy(...https) }),
    ...(without && { no_proxy: translateExceptions(without[1]) }),
  };
}

/** Agents that connect through the proxies of an environment. */
export function proxyAgents(env: NodeJS.ProcessEnv) {
  const proxyEnv = proxiesIn(env);
  const options = { keepAlive: true, proxyEnv };
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
}

/** The first of these variables that is not empty, with its name. */
function firstOf(env: NodeJS.ProcessEnv, ...names: string[]): [name: string, text: string] | undefined {
  const name = names.find((each) => env[each]);
  return name === undefined ? undefined : [name, env[name] ?? ""];
}

/** A proxy's URL with its scheme and port. Its errors do not repeat it, because it may hold a password. */
function readProxy(name: string, text: string): string {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  const port = DEFAULT_PORTS[url?.protocol ?? ""];
  if (!url?.hostname || port === undefined)
    throw new UserError(
      `Invalid ${name}: expected the URL of an HTTP proxy, such as http://proxy.example:3128.`,
    );
  // A URL has no port either if the text names the scheme's own.
  if (url.port === "" && !/:\d+\/*$/.test(text)) url.port = port;
  return url.href;
}

/** Node covers subdomains only if the name begins with a dot, and knows ranges but no prefixes. */
function translateExceptions(text: string): string {
  if (text.trim() === "*") return "*";
  const entries = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return entries.map((entry) => ipv4Range(entry) ?? (isIP(entry) ? entry : `.${trimDots(entry)}`)).join(",");
}

function trimDots(name: string): string {
  return name.replaceAll(/^\.|\.$/g, "");
}

/** `10.0.0.0-10.255.255.255` for `10.0.0.0/8`; undefined for anything else. */
function ipv4Range(entry: string): string | undefined {
  const [, address = "", prefix = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(entry) ?? [];
  const bits = Number(prefix);
  if (!isIPv4(address) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const number = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const first = Math.floor(number / size) * size;
  return `${dotted(first)}-${dotted(first + size - 1)}`;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
