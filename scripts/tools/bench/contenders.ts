import { readFileSync } from "node:fs";
import { type ServiceName, workload } from "../../src/domain/workload.ts";
import { ROOT } from "../../src/lib/paths.ts";

/** A server to measure. */
export interface Contender {
  name: string;
  /** The arguments of `node`. */
  args: readonly string[];
  /** Whether it sends each request on to a backend. */
  hop: boolean;
}

export const DOCKERFILE = `${ROOT}docker/Dockerfile`;
const BARE = `${ROOT}scripts/tools/bench/bare/`;

export const BARE_HTTP: Contender = { name: "bare node:http", args: [`${BARE}http.mjs`], hop: false };
export const BARE_FASTIFY: Contender = { name: "bare Fastify", args: [`${BARE}fastify.mjs`], hop: false };
export const BARE_HOP: Contender = { name: "bare node:http + undici", args: [`${BARE}hop.mjs`], hop: true };
export const BACKEND = builtService("echo-backend");
export const FRONTEND = builtService("echo-frontend");
export const CONTENDERS = [BARE_HTTP, BARE_FASTIFY, BACKEND, BARE_HOP, FRONTEND];

/** A service's bundle of the blue version. The folder is in the service's own. */
export function builtService(service: ServiceName, folder = "dist"): Contender {
  const { version } = workload(service, "blue");
  return serviceFrom(`${ROOT}services/${service}/${folder}/${service}-${version}.mjs`, service);
}

/** A service's bundle, started as its image starts it: with the flags of the Dockerfile. */
export function serviceFrom(bundle: string, service: ServiceName): Contender {
  const [, entrypoint = "[]"] = /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(DOCKERFILE, "utf8")) ?? [];
  const words: string[] = JSON.parse(entrypoint);
  return { name: service, args: [...words.slice(1, -1), bundle], hop: service === "echo-frontend" };
}
