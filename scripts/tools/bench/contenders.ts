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

const BARE = `${ROOT}scripts/tools/bench/bare/`;

export const BARE_HTTP: Contender = { name: "bare node:http", args: [`${BARE}http.mjs`], hop: false };
export const BARE_FASTIFY: Contender = { name: "bare Fastify", args: [`${BARE}fastify.mjs`], hop: false };
export const BARE_HOP: Contender = { name: "bare node:http + undici", args: [`${BARE}hop.mjs`], hop: true };
export const BACKEND: Contender = shipped("echo-backend");
export const FRONTEND: Contender = shipped("echo-frontend");
export const CONTENDERS = [BARE_HTTP, BARE_FASTIFY, BACKEND, BARE_HOP, FRONTEND];

/** A service's bundle of the blue version, started as its image starts it. */
export function shipped(service: ServiceName, folder = `${ROOT}services/${service}/dist`): Contender {
  const bundle = `${folder}/${service}-${workload(service, "blue").version}.mjs`;
  return { name: service, args: [...imageFlags(), bundle], hop: service === "echo-frontend" };
}

/** The flags of `node` in the image. */
function imageFlags(): string[] {
  const [, entrypoint = "[]"] =
    /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(`${ROOT}docker/Dockerfile`, "utf8")) ?? [];
  const words: string[] = JSON.parse(entrypoint);
  return words.slice(1, -1);
}
