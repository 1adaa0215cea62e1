import { readFileSync } from "node:fs";
import { type ServiceName, workload } from "../../src/domain/workload.ts";
import { ROOT } from "../../src/lib/paths.ts";

/** A server to measure. */
export interface Contender {
  name: string;
  /** The program and its arguments. */
  command: readonly [file: string, ...args: string[]];
  /** Whether it sends each request on to a backend. */
  hop: boolean;
}

export const DOCKERFILE = `${ROOT}docker/Dockerfile`;
const BARE = `${ROOT}scripts/tools/bench/bare/`;
/** What `buildGo` builds. */
export const GO_PROGRAM = `${ROOT}scripts/dist/go-reference`;

export const BARE_HTTP = node("bare node:http", [`${BARE}http.mjs`]);
export const FASTIFY = node("plain Fastify, pino, prom-client", [`${BARE}fastify.mjs`]);
export const GO_ECHO: Contender = { name: "Go", command: [GO_PROGRAM], hop: false };
export const BACKEND = builtService("echo-backend");
export const BARE_HOP = node("bare node:http + undici.request", [`${BARE}hop.mjs`], true);
export const GO_HOP: Contender = { name: "Go hop", command: [GO_PROGRAM], hop: true };
export const FRONTEND = builtService("echo-frontend");

/** A service's bundle of the blue version. The folder is in the service's own. */
export function builtService(service: ServiceName, folder = "dist"): Contender {
  const { version } = workload(service, "blue");
  return serviceFrom(`${ROOT}services/${service}/${folder}/${service}-${version}.mjs`, service);
}

/** A service's bundle, started as its image starts it: with the flags of the Dockerfile. */
export function serviceFrom(bundle: string, service: ServiceName): Contender {
  const [, entrypoint = "[]"] = /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(DOCKERFILE, "utf8")) ?? [];
  const words: string[] = JSON.parse(entrypoint);
  return node(service, [...words.slice(1, -1), bundle], service === "echo-frontend");
}

function node(name: string, args: readonly string[], hop = false): Contender {
  return { name, command: [process.execPath, ...args], hop };
}
