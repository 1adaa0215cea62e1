import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import versions from "../../../versions.json" with { type: "json" };

const { variable } = versions;
const bundle = (service: string, { default: version }: { default: string }) =>
  fileURLToPath(new URL(`../../../${service}/dist/${service}-${version}.mjs`, import.meta.url));

/** Modules that measure or simulate faults inside a service's process. */
export const PRELOAD = {
  clock: new URL("preload/clock.ts", import.meta.url),
  cpuTime: new URL("preload/cpu-time.ts", import.meta.url),
  noIPv6: new URL("preload/no-ipv6.ts", import.meta.url),
  resolver: new URL("preload/resolver.ts", import.meta.url),
  sigtermAtListen: new URL("preload/sigterm-at-listen.ts", import.meta.url),
};

/** The built bundles. */
export const BUNDLES = {
  blue: bundle("echo-backend", variable.BLUE_VERSION),
  green: bundle("echo-backend", variable.GREEN_VERSION),
  frontend: bundle("echo-frontend", variable.FRONTEND_VERSION),
};

interface ProcessOptions {
  /** False does not read stdout, so that it blocks when the pipe is full. Default true. */
  readStdout?: boolean;
  /** One of PRELOAD. */
  preload?: URL;
  /** A shell command that runs `"$@"`, the service's command line. */
  shell?: string;
}

interface Ports {
  port: number;
  adminPort: number;
}

/** A service in a process of its own, as in its image. */
export class ServiceProcess {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly exited: Promise<number | null>;

  /** Starts a bundle on free ports, and kills it when the test ends. */
  constructor(path: string, env: Record<string, string> = {}, options: ProcessOptions = {}) {
    const { readStdout = true, preload, shell } = options;
    const command = [process.execPath, ...(preload ? ["--import", preload.href] : []), path];
    const [file = "", ...args] = shell === undefined ? command : ["/bin/sh", "-c", shell, "sh", ...command];
    this.child = spawn(file, args, {
      env: { PORT: "0", ADMIN_PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe", ...(preload === PRELOAD.cpuTime ? ["ipc" as const] : [])],
    });
    if (readStdout)
      this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    // "close" comes after all output, and so never if stdout is not read.
    this.exited = once(this.child, readStdout ? "close" : "exit").then(([code]) =>
      typeof code === "number" ? code : null,
    );
    onTestFinished(() => void this.child.kill("SIGKILL"));
  }

  /** Waits for a log line that matches, and returns it. @throws {Error} if the process exits before */
  async logged(pattern: RegExp): Promise<Record<string, unknown>> {
    for (;;) {
      const line = this.stdout.split("\n").find((text) => pattern.test(text) && text.endsWith("}"));
      if (line !== undefined) return JSON.parse(line);
      const more = once(this.child.stdout ?? this.child, "data");
      const ended = this.exited.then(() => "ended" as const);
      if ((await Promise.race([more, ended])) === "ended")
        throw new Error(`ended without logging ${pattern}:\n${this.stdout}${this.stderr}`);
    }
  }

  /** Waits until the service listens, and returns its ports. */
  async ports(): Promise<Ports> {
    const { port, adminPort } = await this.logged(/"listening"/);
    return { port: Number(port), adminPort: Number(adminPort) };
  }

  /**
   * The CPU time that the service has used so far, in ms, with PRELOAD.cpuTime. It does not depend on what else the
   * machine does.
   */
  async cpuMs(): Promise<number> {
    this.child.send("cpu time");
    const [microseconds] = await once(this.child, "message");
    return Number(microseconds) / 1000;
  }

  /** The same if stdout is not read: reads the first line, with the ports, and nothing after it. */
  async portsUnread(): Promise<Ports> {
    const [chunk] = await once(this.child.stdout ?? this.child, "data");
    this.child.stdout?.pause();
    const [line = ""] = String(chunk).split("\n");
    const { port, adminPort }: Ports = JSON.parse(line);
    return { port, adminPort };
  }
}
