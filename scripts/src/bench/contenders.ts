import { readFileSync } from "node:fs";
import { ROOT, workload } from "../names.ts";

/** A server to measure: how it is started, and whether it asks a backend. */
export interface Contender {
  name: string;
  /** What follows `node` on its command line. */
  args: readonly string[];
  hop: boolean;
}

const BARE = `${ROOT}scripts/src/bench/bare/`;

export const BARE_HTTP: Contender = { name: "bare node:http", args: [`${BARE}http.mjs`], hop: false };
export const BARE_FASTIFY: Contender = { name: "bare Fastify", args: [`${BARE}fastify.mjs`], hop: false };
export const BARE_HOP: Contender = { name: "bare node:http + undici", args: [`${BARE}hop.mjs`], hop: true };
export const BACKEND: Contender = shipped("echo-backend");
export const FRONTEND: Contender = shipped("echo-frontend");
export const CONTENDERS = [BARE_HTTP, BARE_FASTIFY, BACKEND, BARE_HOP, FRONTEND];

/** A service's bundle, started as its image starts it. */
function shipped(service: "echo-backend" | "echo-frontend"): Contender {
  const { version } = workload(service, "blue");
  const bundle = `${ROOT}services/${service}/dist/${service}-${version}.cjs`;
  return { name: service, args: [...imageFlags(), bundle], hop: service === "echo-frontend" };
}

/** The flags that the image gives to node. */
function imageFlags(): string[] {
  const [, entrypoint = "[]"] =
    /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(`${ROOT}docker/Dockerfile`, "utf8")) ?? [];
  const words: string[] = JSON.parse(entrypoint);
  return words.slice(1, -1);
}
