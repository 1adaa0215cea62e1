// Runs alone inside a service's image: `node --input-type=module-typescript --eval`. It starts a bare server and the
// service in turn. It prints the time of each from spawn to its first 200, and the compressed size of the service's own files.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";

const { ROUNDS = "", BARE_PROGRAM = "", ENTRYPOINT = "", NODE_COMPILE_CACHE, ...env } = process.env;
const PORT = "8080";
const START_TIMEOUT_MS = 20_000;

function responds(): Promise<boolean> {
  return new Promise((resolve) => {
    get({ port: PORT, agent: false }, (response) => resolve(response.resume().statusCode === 200)).on(
      "error",
      () => resolve(false),
    );
  });
}

async function timeToResponse(
  [file = "", ...args]: readonly string[],
  more: NodeJS.ProcessEnv,
): Promise<number> {
  const begin = performance.now();
  const child = spawn(file, args, { env: { ...env, ...more, PORT }, stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "exit");
  while (!(await responds())) {
    if (performance.now() - begin > START_TIMEOUT_MS)
      throw new Error(`No 200 from ${file} ${args.join(" ")} within ${START_TIMEOUT_MS} ms.`);
    await pause(1);
  }
  const end = performance.now();
  child.kill("SIGKILL");
  await ended;
  return end - begin;
}

/** All files of a folder, gzipped one by one, in bytes. */
function compressedSize(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += gzipSync(readFileSync(join(entry.parentPath, entry.name))).length;
  return bytes;
}

const bareFile = "/tmp/bare.mjs";
writeFileSync(bareFile, BARE_PROGRAM);
const entrypoint: string[] = JSON.parse(ENTRYPOINT);
const starts = { bare: new Array<number>(), shipped: new Array<number>() };
for (let round = 0; round < Number(ROUNDS); round++) {
  starts.bare.push(await timeToResponse([process.execPath, bareFile], {}));
  starts.shipped.push(await timeToResponse(entrypoint, { NODE_COMPILE_CACHE }));
}
process.stdout.write(JSON.stringify({ starts, ownBytes: compressedSize("/app") }));
