import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { LOAD_CORE } from "../../../src/adapters/taskset.ts";
import { BARE_HTTP, type Contender } from "../../../tools/bench/contenders.ts";
import { startContender, startServer } from "../../../tools/bench/server.ts";

const program = (code: string): Contender => ({
  name: "test",
  command: [process.execPath, "--eval", code],
  hop: false,
});
const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

// taskset pins processes on Linux only.
describe.runIf(platform() === "linux")("a server of the benchmark", () => {
  test("responds, and reports its memory and its CPU time", async () => {
    await using server = await startServer(BARE_HTTP, LOAD_CORE, {});
    expect(await (await fetch(server.url)).json()).toEqual({ version: "11.0" });
    expect(server.startMs).toBeGreaterThan(0);
    expect(await server.memory()).toBeGreaterThan(1);
    const before = await server.cpuSeconds();
    for (let request = 0; request < 100; request++) await (await fetch(server.url)).text();
    expect(await server.cpuSeconds()).toBeGreaterThan(before);
  });

  test("is stopped if it gives no 200 in time", async () => {
    const timeout = new AbortController();
    let pid = 0;
    const receiver = createServer(({ url = "" }, response) => {
      pid = Number(url.slice(1));
      response.end();
      timeout.abort();
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const address = receiver.address();
    const port = typeof address === "object" ? address?.port : address;
    const failing = program(`
      require("node:http").createServer((_, response) => response.writeHead(500).end()).listen(process.env.PORT);
      fetch("http://127.0.0.1:${port}/" + process.pid);
    `);
    await expect(startServer(failing, LOAD_CORE, {}, timeout.signal)).rejects.toThrow(
      `No 200 from \`${process.execPath} --eval`,
    );
    receiver.close();
    expect(pid).toBeGreaterThan(0);
    expect(isRunning(pid)).toBe(false);
  });

  test("gets a port of its own if another one starts at the same time", async () => {
    const starting = [startServer(BARE_HTTP, LOAD_CORE, {}), startServer(BARE_HTTP, LOAD_CORE, {})] as const;
    await using first = await starting[0];
    await using second = await starting[1];
    expect(first.url).not.toBe(second.url);
  });

  test("stops its backend if it exits", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "bench-")), "backend");
    const failing = program(
      `fs.writeFileSync(${JSON.stringify(file)}, process.env.BACKEND); process.exit(3)`,
    );
    await expect(startContender({ ...failing, hop: true })).rejects.toThrow("No 200");
    const backend = readFileSync(file, "utf8");
    rmSync(dirname(file), { recursive: true });
    await expect(fetch(backend)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  });

  test("fails at once if it exits", async () => {
    await expect(startServer(program("process.exit(3)"), LOAD_CORE, {})).rejects.toMatchObject({
      cause: { message: "The server exited with 3 before its first response." },
    });
  });
});
