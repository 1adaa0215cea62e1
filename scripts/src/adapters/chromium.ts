import { chromium, type Browser } from "playwright-core";
import { CommandError, run } from "./command.ts";
import { UserError } from "../errors.ts";

/**
 * Starts chromium: the file that CHROMIUM names, or the one on PATH.
 * @throws {UserError} if there is none
 */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? (await findChromium()),
    // Chromium's sandbox does not work for root.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}

async function findChromium(): Promise<string> {
  try {
    return await run("which", ["chromium"]);
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    throw new UserError("chromium is missing: install it, or set CHROMIUM to its path.", { cause });
  }
}
