import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import versions from "../../../versions.json" with { type: "json" };

const { variable } = versions;
const bundle = (service: string, { default: version }: { default: string }) =>
  fileURLToPath(new URL(`../../../${service}/dist/${service}-${version}.cjs`, import.meta.url));

/** The built bundles. */
export const BUNDLES = {
  blue: bundle("echo-backend", variable.BLUE_VERSION),
  green: bundle("echo-backend", variable.GREEN_VERSION),
  frontend: bundle("echo-frontend", variable.FRONTEND_VERSION),
};

/** A service as it runs in its image: a process of its own. */
export class ServiceProcess {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly exited: Promise<number | null>;

  /** Starts a bundle on free ports; it is ended with the test. `readStdout` false leaves its stdout blocked. */
  constructor(path: string, env: Record<string, string> = {}, { readStdout = true } = {}) {
    this.child = spawn(process.execPath, [path], {
      env: { PORT: "0", ADMIN_PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (readStdout)
      this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    // "close" comes after the last of its output, but never while that is unread.
    this.exited = once(this.child, readStdout ? "close" : "exit").then(([code]) =>
      typeof code === "number" ? code : null,
    );
    onTestFinished(() => void this.child.kill("SIGKILL"));
  }

  /** Waits for a line of its log, and returns it. @throws {Error} when it ends before */
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

  /** Its ports, once it listens. */
  async ports(): Promise<{ port: number; adminPort: number }> {
    const { port, adminPort } = await this.logged(/"listening"/);
    return { port: Number(port), adminPort: Number(adminPort) };
  }
}
