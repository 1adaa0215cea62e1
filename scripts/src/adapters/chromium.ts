import { type Browser, chromium } from "playwright-core";
import { run } from "./command.ts";

/** Starts the browser that CHROMIUM names, or chromium from PATH. @throws {CommandError} if there is none */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? (await run("which", ["chromium"])),
    // Chromium's sandbox does not work for root.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}
