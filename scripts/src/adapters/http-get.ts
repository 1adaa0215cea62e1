import { once } from "node:events";
import { get as getHttp, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { get as getHttps } from "node:https";
import { isLoopback } from "../domain/host.ts";
import { UserError } from "../lib/errors.ts";
import { proxyAgents } from "./proxy.ts";

/** A server that sends no complete response. */
export class UnreachableError extends UserError {
  override name = "UnreachableError";
}

export interface HttpOptions {
  /** With the proxies, as curl reads them. */
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** Limit of a whole request, in ms. Default: 15000. */
  timeoutMs?: number;
  /** Largest body, in bytes. */
  maxBytes: number;
}

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Sends GET requests, through the proxies of the environment but for this machine. It follows no redirect. */
export function createHttp({ env, signal, timeoutMs = 15_000, maxBytes }: HttpOptions) {
  const { httpAgent, httpsAgent } = proxyAgents(env);

  /** @throws {UnreachableError} without a complete response */
  return async (url: URL, headers: Readonly<Record<string, string>>): Promise<HttpReply> => {
    const limit = AbortSignal.timeout(timeoutMs);
    const options = { headers, signal: AbortSignal.any([limit, ...(signal ? [signal] : [])]) };
    try {
      const sent =
        url.protocol === "https:"
          ? getHttps(url, { ...options, agent: httpsAgent })
          : getHttp(url, { ...options, ...(!isLoopback(url.host) && { agent: httpAgent }) });
      const [response]: IncomingMessage[] = await once(sent, "response");
      if (response === undefined) throw new Error("no response");
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: await read(response, maxBytes),
      };
    } catch (cause) {
      signal?.throwIfAborted();
      const reason = limit.aborted ? `no complete response in ${timeoutMs / 1000} s` : reasonOf(cause);
      throw new UnreachableError(`${url.host} is not reachable: ${reason}`, { cause });
    }
  };
}

async function read(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Buffer)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the response is larger than ${maxBytes} bytes`);
  }
  return Buffer.concat(chunks);
}

/** A connection that failed to several addresses has an empty message and a code. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ("code" in cause ? String(cause.code) : cause.name);
}
