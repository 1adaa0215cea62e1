// Runs a service as the image does, for one request, so that Node writes its compiled code to a folder:
// `node compile-cache.mjs <the arguments of node in the ENTRYPOINT>`. All may read the files, and no one may write them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, glob } from "node:fs/promises";

const FOLDER = "/tmp/cache";

const service = spawn(process.execPath, process.argv.slice(2), {
  env: { ...process.env, NODE_COMPILE_CACHE: FOLDER, PORT: "0", ADMIN_PORT: "0" },
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(service.stdout.setEncoding("utf8"), "data");
const { port } = JSON.parse(line);
const { status } = await fetch(`http://127.0.0.1:${port}`);
if (status !== 200) throw new Error(`the service responded with status ${status}`);
service.stdout.resume();
service.kill("SIGTERM");
process.exitCode = (await once(service, "exit"))[0] ?? 1;

// Node makes them readable for their owner alone.
for await (const file of glob(`${FOLDER}/*/*`)) await chmod(file, 0o444);
