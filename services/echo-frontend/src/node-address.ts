import { isIP } from "node:net";
import type { Logger } from "pino";

const TIMEOUT_MS = 300;
const REFRESH_S = 60;
const TOKEN_TTL_SECONDS = 21_600;

export interface NodeAddress {
  /** The address known now, "" while there is none. */
  current(): string;
  stop(): void;
}

/** Where the node's address comes from: a setting, else EC2's metadata where a URL for it is set, else nowhere. */
export function createNodeAddress(
  { NODE_IP, EC2_METADATA_URL }: { NODE_IP: string; EC2_METADATA_URL: URL | undefined },
  logger: Logger,
): NodeAddress {
  if (NODE_IP || !EC2_METADATA_URL) return { current: () => NODE_IP, stop: () => undefined };
  return pollMetadata(EC2_METADATA_URL, logger);
}

/** Asks in the background only, so that no request ever waits for the metadata service. */
function pollMetadata(url: URL, logger: Logger): NodeAddress {
  let address = "";
  /** Seconds until it is asked again. After a failure soon, and then later and later. */
  let wait = 0;
  let retry = 1;
  const refresh = async () => {
    wait = REFRESH_S;
    try {
      address = await fetchAddress(url);
      retry = 1;
    } catch (error) {
      wait = retry;
      retry = Math.min(2 * retry, REFRESH_S);
      logger.warn({ err: error, metadataUrl: url.href }, "the EC2 metadata service gave no address");
    }
  };
  void refresh();
  const timer = setInterval(() => {
    if (--wait <= 0) void refresh();
  }, 1000).unref();
  return { current: () => address, stop: () => clearInterval(timer) };
}

/** Instance metadata service, version 2: a token first, then the question. */
async function fetchAddress(base: URL): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const token = await ask(new URL("/latest/api/token", base), {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_TTL_SECONDS) },
    signal,
  });
  const address = await ask(new URL("/latest/meta-data/local-ipv4", base), {
    method: "GET",
    headers: { "x-aws-ec2-metadata-token": token },
    signal,
  });
  if (isIP(address) === 0) throw new Error(`not an address: ${address.slice(0, 100)}`);
  return address;
}

async function ask(url: URL, options: RequestInit): Promise<string> {
  const answer = await fetch(url, options);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${url.pathname} answered ${answer.status}`);
  return text.trim();
}
