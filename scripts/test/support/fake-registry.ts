import { createHash } from "node:crypto";
import { startService } from "./service.ts";

/** What a registry has: for each repository, the content of each tag, or of a blob by its digest. */
export type Images = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface FakeRegistry {
  /** Its host and port. */
  name: string;
  /** The paths that were requested, with the kind of login that came with each. */
  requests: string[];
}

/** The user and password of the fake registry, which also give its token. */
export const LOGIN = { user: "ada", password: "pass-word" };
const BASIC = `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString("base64")}`;

export function digestOf(content: string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/**
 * A registry on the loopback, until the test ends.
 * @param auth whom it lets read: everybody, everybody with a token (as ghcr.io), or users only
 */
export async function fakeRegistry(
  images: Images,
  auth: "open" | "token" | "token of a user" | "basic" = "open",
): Promise<FakeRegistry> {
  const requests: string[] = [];
  const url = await startService((request, response) => {
    const { pathname, searchParams, origin } = new URL(request.url ?? "", `http://${request.headers.host}`);
    const { authorization = "" } = request.headers;
    requests.push([pathname, authorization.split(" ")[0]].filter(Boolean).join(" "));
    const send = (status: number, body: unknown, headers = {}) =>
      response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));

    if (pathname === "/token") {
      const isAllowed = auth === "token" || authorization === BASIC;
      const token = [searchParams.get("service"), searchParams.get("scope")].join(" ");
      return isAllowed ? send(200, { token }) : send(403, { errors: [{ code: "DENIED" }] });
    }
    const [, repository = "", kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(pathname) ?? [];
    const scope = `repository:${repository}:pull`;
    const expected = { open: undefined, basic: BASIC, token: `Bearer fake ${scope}` };
    const needed = expected[auth === "token of a user" ? "token" : auth];
    if (needed !== undefined && authorization !== needed) {
      const challenge =
        auth === "basic"
          ? 'Basic realm="fake"'
          : `Bearer realm="${origin}/token",service="fake",scope="${scope}"`;
      return send(401, { errors: [{ code: "UNAUTHORIZED" }] }, { "www-authenticate": challenge });
    }
    const tags = images[repository];
    if (kind === "tags" && tags) return send(200, { name: repository, tags: Object.keys(tags) });
    const content = tags?.[reference];
    if ((kind === "manifests" || kind === "blobs") && content !== undefined) return send(200, content);
    return send(404, { errors: [{ code: "MANIFEST_UNKNOWN" }] });
  });
  return { name: new URL(url).host, requests };
}
