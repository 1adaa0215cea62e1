import { launchChromium } from "../../src/adapters/chromium.ts";
import { localUrl, PORTS } from "../../src/domain/ports.ts";
import { weightsOf } from "../../src/domain/weights.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { print } from "../../src/lib/terminal.ts";
import { waitUntilFollowed } from "../../src/traffic/judge/follow.ts";
import { openLocalSwitch } from "../../src/traffic/place/local-switch.ts";

const FILE = `${ROOT}docs/pictures/live-page.png`;
const SHARES = [0, 10, 25, 50, 75];
const RATE = 40;
/** More than the ten seconds of the shares, so that they show the last weights alone, and nearly a minute in all. */
const RESPONSES_PER_SHARE = 11 * RATE;

// Takes a picture of the live page in the middle of a shift. Needs a running `pnpm dev`.
const unlocked = async () => undefined;
const traffic = openLocalSwitch();
const before = await traffic.read();
await using browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, deviceScaleFactor: 2 });
await page.goto(localUrl(PORTS.frontend.port));
await page.locator("#rate").fill(String(RATE));
const count = page.locator("#pods td").last();
for (const [index, share] of SHARES.entries()) {
  const weights = weightsOf("green", share);
  await traffic.setWeights(weights, unlocked);
  await waitUntilFollowed(traffic.sample, weights, "green");
  await count.filter({ hasText: /\d/ }).waitFor();
  while (Number(await count.textContent()) < RESPONSES_PER_SHARE * (index + 1))
    await page.waitForEvent("requestfinished");
}
await page.locator("#rate").blur();
await page.screenshot({ path: FILE });
await traffic.setWeights(before.weights, unlocked);
print(FILE);
