// Runs a service as the image does, for one request, so that Node writes its compiled code to NODE_COMPILE_CACHE:
// `node compile-cache.mjs <the arguments of node in the ENTRYPOINT>`.
import { spawn } from "node:child_process";
import { once } from "node:events";

const service = spawn(process.execPath, process.argv.slice(2), {
  env: { ...process.env, PORT: "0", ADMIN_PORT: "0" },
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(service.stdout.setEncoding("utf8"), "data");
const { port } = JSON.parse(line);
const { status } = await fetch(`http://127.0.0.1:${port}`);
if (status !== 200) throw new Error(`the service responded with status ${status}`);
service.stdout.resume();
service.kill("SIGTERM");
process.exitCode = (await once(service, "exit"))[0] ?? 1;
