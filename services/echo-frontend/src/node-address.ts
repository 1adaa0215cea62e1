import { isIP } from "node:net";
import type { Logger } from "pino";

const TIMEOUT_MS = 300;
const REFRESH_S = 60;
const TOKEN_TTL_S = 21_600;

export interface NodeAddress {
  /** The address that is known now, or "" if there is none. */
  current(): string;
  stop(): void;
}

/** The address from NODE_IP, else from the metadata service at EC2_METADATA_URL, else none. */
export function createNodeAddress(
  { NODE_IP, EC2_METADATA_URL }: { NODE_IP: string; EC2_METADATA_URL: URL | undefined },
  logger: Logger,
): NodeAddress {
  if (NODE_IP || !EC2_METADATA_URL) return { current: () => NODE_IP, stop: () => undefined };
  return pollMetadata(EC2_METADATA_URL, logger);
}

/** Requests the address in the background, so that no request waits for the metadata service. */
function pollMetadata(url: URL, logger: Logger): NodeAddress {
  let address = "";
  /** Seconds until the next request. */
  let wait = 0;
  /** Seconds between a failure and the retry; doubles with each failure. */
  let retryWait = 1;
  const refresh = async () => {
    wait = REFRESH_S;
    try {
      address = await fetchAddress(url);
      retryWait = 1;
    } catch (error) {
      wait = retryWait;
      retryWait = Math.min(2 * retryWait, REFRESH_S);
      logger.warn({ err: error, metadataUrl: url.href }, "the EC2 metadata service returned no address");
    }
  };
  void refresh();
  const timer = setInterval(() => {
    if (--wait <= 0) void refresh();
  }, 1000).unref();
  return { current: () => address, stop: () => clearInterval(timer) };
}

/** Version 2 of the metadata service needs a token for each request. */
async function fetchAddress(base: URL): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const token = await fetchText(new URL("/latest/api/token", base), {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_TTL_S) },
    signal,
  });
  const address = await fetchText(new URL("/latest/meta-data/local-ipv4", base), {
    method: "GET",
    headers: { "x-aws-ec2-metadata-token": token },
    signal,
  });
  if (isIP(address) === 0) throw new Error(`Invalid address ${JSON.stringify(address.slice(0, 100))}`);
  return address;
}

async function fetchText(url: URL, options: RequestInit): Promise<string> {
  // Not a redirect, because the token would go along.
  const response = await fetch(url, { ...options, redirect: "manual" });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url.pathname} returned status ${response.status}`);
  return text.trim();
}
