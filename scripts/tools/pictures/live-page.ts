import { mkdir } from "node:fs/promises";
import { launchChromium } from "../../src/adapters/chromium.ts";
import { planDev } from "../../src/dev/plan.ts";
import { localUrl } from "../../src/domain/ports.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { waitUntilFollowed } from "../../src/traffic/follow.ts";
import { openLocalSwitch } from "../../src/traffic/local-switch.ts";
import { weightsOf } from "../../src/domain/weights.ts";

const FILE = `${ROOT}docs/pictures/live-page.png`;
const SHARES = [0, 10, 25, 50, 75];
const RESPONSES_PER_SHARE = 150;

/** Takes a picture of the live page in the middle of a shift. Needs a running `pnpm dev`. @returns the file */
export async function takeLivePage(): Promise<string> {
  const frontend = planDev().find(({ service }) => service === "echo-frontend");
  const traffic = openLocalSwitch();
  const before = await traffic.read();
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, deviceScaleFactor: 2 });
  await page.goto(localUrl(frontend?.port ?? 0));
  await page.locator("#rate").fill("40");
  const count = page.locator("#pods td").last();
  for (const [index, share] of SHARES.entries()) {
    const weights = weightsOf("green", share);
    await traffic.setWeights(weights);
    await waitUntilFollowed(traffic.sample, weights, "green");
    await count.filter({ hasText: /\d/ }).waitFor();
    while (Number(await count.textContent()) < RESPONSES_PER_SHARE * (index + 1))
      await page.waitForEvent("requestfinished");
  }
  await mkdir(`${ROOT}docs/pictures`, { recursive: true });
  await page.locator("#rate").blur();
  await page.screenshot({ path: FILE });
  await browser.close();
  await traffic.setWeights(before.weights);
  return FILE;
}
