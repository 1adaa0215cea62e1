import { createHash } from "node:crypto";
import * as v from "valibot";
import { hostOf, isLoopback } from "../domain/host.ts";
import { parsePlainJson, plainLine } from "../domain/plain-text.ts";
import { UserError } from "../lib/errors.ts";
import { createHttp, type HttpOptions, type HttpReply } from "./http-get.ts";
import type { RegistryLogin } from "./registry-login.ts";

/** A registry must accept manifests of this size, in bytes (OCI Distribution Specification, Pushing Manifests). */
const MAX_BYTES = 4 * 1024 * 1024;
/** An index of several platforms comes first: its digest fits each node. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
/** The hosts of registries whose API has another name. */
const API_HOSTS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

const Platform = v.object({ os: v.string(), architecture: v.string() });
/** An index of one image for each platform, or a single image, whose configuration has its platform. */
const Manifest = v.object({
  manifests: v.optional(v.array(v.object({ platform: v.optional(Platform) }))),
  config: v.optional(v.object({ digest: v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/)) })),
});
const Tags = v.object({ tags: v.nullish(v.array(v.string()), []) });
/** A token server may use either name (https://distribution.github.io/distribution/spec/auth/token). */
const Token = v.object({ token: v.optional(v.string()), access_token: v.optional(v.string()) });

/** A registry responds, but not with what was requested. */
export class RegistryError extends UserError {
  override name = "RegistryError";
}

/** An image that a registry has. */
export interface PublishedImage {
  /** The same for all its platforms. */
  digest: string;
  /** Such as `linux/amd64`. None if the registry does not tell. */
  platforms: readonly string[];
}

export interface RegistryOptions extends Omit<HttpOptions, "maxBytes"> {
  /** Undefined reads what is public. */
  login: RegistryLogin | undefined;
}

export type Registry = ReturnType<typeof createRegistry>;

/**
 * Reads a registry by its HTTP API (https://github.com/opencontainers/distribution-spec), without docker. On this machine
 * the registry uses HTTP, as docker expects it there.
 * @param registry its host, and a path if there is one
 */
export function createRegistry(registry: string, { login, ...http }: RegistryOptions) {
  const host = hostOf(registry);
  const isLocal = isLoopback(host);
  const base = `${isLocal ? "http" : "https"}://${API_HOSTS[host] ?? host}/v2${registry.slice(host.length)}`;
  const get = createHttp({ ...http, maxBytes: MAX_BYTES });
  const basic = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;

  /** Reads a path of a repository; undefined if the registry does not have it. */
  const read = async (repository: string, path: string, accept: string): Promise<HttpReply | undefined> => {
    const url = new URL(`${base}/${repository}/${path}`);
    const first = await get(url, { accept });
    const authorization = first.status === 401 ? await answer(first) : undefined;
    const reply = authorization === undefined ? first : await get(url, { accept, authorization });
    if (reply.status === 200) return reply;
    if (reply.status === 404) return undefined;
    throw isRefusal(reply) ? refusal(`${registry}/${repository}`) : unexpected(url, reply);
  };

  /** What to send after the challenge of a response; undefined if there is no login for it. */
  const answer = async ({ headers }: HttpReply): Promise<string | undefined> => {
    const { scheme, realm = "", ...query } = parseChallenge(headers["www-authenticate"] ?? "");
    if (scheme !== "bearer") return basic;
    const url = URL.parse(realm);
    // The login goes there, so that it must be encrypted on the way.
    const isPrivate = isLocal && url?.protocol === "http:" && isLoopback(url.host);
    if (!url || (url.protocol !== "https:" && !isPrivate))
      throw new RegistryError(
        `Invalid token server ${JSON.stringify(plainLine(realm))} of ${host}: expected an https:// URL.`,
      );
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value ?? "");
    const reply = await get(url, basic === undefined ? {} : { authorization: basic });
    if (isRefusal(reply)) return undefined;
    const { token, access_token: other } = parse(Token, url, reply);
    return `Bearer ${token ?? other}`;
  };

  const refusal = (image: string) => {
    const reason = login ? `the user ${plainLine(login.user)} may not read it` : "it needs a login";
    return new RegistryError(`${host} refuses to read ${image}: it does not exist, or ${reason}`);
  };

  const platformsOf = async (repository: string, manifest: string): Promise<string[]> => {
    const { manifests, config } = parseManifest(manifest) ?? {};
    if (manifests) return describePlatforms(manifests.map(({ platform }) => platform));
    if (!config) return [];
    try {
      const reply = await read(repository, `blobs/${config.digest}`, "*/*");
      return reply ? describePlatforms([parse(Platform, new URL(base), reply)]) : [];
    } catch (error) {
      // Some registries redirect to another host, and this client follows no redirect.
      if (error instanceof RegistryError) return [];
      throw error;
    }
  };

  /** Undefined if the registry does not have the tag. */
  const manifestOf = async (repository: string, tag: string) => {
    const reply = await read(repository, `manifests/${tag}`, MANIFESTS);
    if (!reply) return undefined;
    const digest = `sha256:${createHash("sha256").update(reply.body).digest("hex")}`;
    return { digest, text: reply.body.toString() };
  };

  return {
    /** The digest of a tag, the same for all its platforms. Undefined if the registry does not have the tag. */
    digest: async (repository: string, tag: string): Promise<string | undefined> =>
      (await manifestOf(repository, tag))?.digest,

    /** Undefined if the registry does not have the tag. */
    image: async (repository: string, tag: string): Promise<PublishedImage | undefined> => {
      const manifest = await manifestOf(repository, tag);
      if (!manifest) return undefined;
      return { digest: manifest.digest, platforms: await platformsOf(repository, manifest.text) };
    },

    /** The tags of a repository, as many as the registry lists at once. None if it does not exist. */
    tags: async (repository: string): Promise<string[]> => {
      const reply = await read(repository, "tags/list", "application/json");
      return reply ? (parse(Tags, new URL(base), reply).tags ?? []) : [];
    },
  };
}

function parseManifest(text: string) {
  const manifest = v.safeParse(v.pipe(v.string(), v.parseJson(), Manifest), text);
  return manifest.success ? manifest.output : undefined;
}

/** Without variants: a node does not tell its own. The entries of attestations have the platform unknown/unknown. */
function describePlatforms(all: readonly (v.InferOutput<typeof Platform> | undefined)[]): string[] {
  const names = all.flatMap((platform) => (platform ? `${platform.os}/${platform.architecture}` : []));
  return [...new Set(names)].filter(
    (name) => /^[a-z0-9]+\/[a-z0-9]+$/.test(name) && !name.includes("unknown"),
  );
}

function isRefusal({ status }: HttpReply): boolean {
  return status === 401 || status === 403;
}

function unexpected({ host }: URL, { status, body }: HttpReply): RegistryError {
  const text = plainLine(body.toString("utf8", 0, 200));
  return new RegistryError(`Unexpected response of ${host}, with status ${status}: ${text}`);
}

function parse<const S extends v.GenericSchema>(schema: S, url: URL, reply: HttpReply): v.InferOutput<S> {
  try {
    if (reply.status === 200) return v.parse(schema, parsePlainJson(reply.body.toString()));
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof v.ValiError)) throw cause;
  }
  throw unexpected(url, reply);
}

/** `Bearer realm="…",service="…",scope="…"`, or `Basic realm="…"`. */
function parseChallenge(header: string): Partial<Record<string, string>> {
  const [, scheme = ""] = /^\s*(\w+)/.exec(header) ?? [];
  const pairs = Array.from(header.matchAll(/(\w+)="([^"]*)"/g), ([, name = "", value = ""]) => [name, value]);
  return { ...Object.fromEntries(pairs), scheme: scheme.toLowerCase() };
}
