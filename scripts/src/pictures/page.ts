import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { localUrl, planDev } from "../dev/plan.ts";
import { ROOT } from "../names.ts";
import { openLocalName } from "../shift/local.ts";
import { waitUntilFollowed } from "../shift/follow.ts";
import { weightsOf } from "../traffic/weights.ts";

// Takes the README's picture of the live page in the middle of a shift, from the running `pnpm dev`. CHROMIUM names the browser.
const FILE = `${ROOT}docs/pictures/live-page.png`;
const SHARES = [0, 10, 25, 50, 75];
const ANSWERS_AT_EACH = 150;

const frontend = planDev().find(({ service }) => service === "echo-frontend");
const name = openLocalName();
const before = await name.read();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Chromium's sandbox does not work for root.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, deviceScaleFactor: 2 });
await page.goto(localUrl(frontend?.port ?? 0));
await page.locator("#rate").fill("40");
let answers = 0;
for (const share of SHARES) {
  const weights = weightsOf("green", share);
  await name.setWeights(weights);
  await waitUntilFollowed(name.sample, weights, "green");
  answers += ANSWERS_AT_EACH;
  const count = page.locator("#pods td").last();
  await count.filter({ hasText: new RegExp(String.raw`\d`) }).waitFor();
  while (Number(await count.textContent()) < answers) await page.waitForEvent("requestfinished");
}
await mkdir(`${ROOT}docs/pictures`, { recursive: true });
await page.locator("#rate").blur();
await page.screenshot({ path: FILE });
await browser.close();
await name.setWeights(before);
process.stdout.write(`${FILE}\n`);
