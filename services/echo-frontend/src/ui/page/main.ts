import { Cells } from "./canvas/cells.ts";
import { CHART_SECONDS, drawChart } from "./canvas/chart.ts";
import { drawLegend } from "./canvas/legend.ts";
import { readPalette } from "./canvas/palette.ts";
import { changesOf } from "./changes.ts";
import { element, setRows, setText } from "./elements.ts";
import { noticeOf } from "./notice.ts";
import { followPresent } from "./present.ts";
import { type Finished, field, request } from "./request.ts";
import { Results } from "./results.ts";
import { secondsOf } from "./seconds.ts";
import { Sender } from "./sender.ts";
import { ServerTimes } from "./server-times.ts";
import { showSummary } from "./show-summary.ts";
import { summarize } from "./summary.ts";
import { Totals } from "./totals.ts";
import { describeChart, describeRate } from "./words.ts";

const WINDOW_SECONDS = 10;
/** How often the page recomputes what it shows, in ms, without and with reduced motion. */
const REFRESH_MS = 250;
const CALM_MS = 1000;
const BURST = 100;
/** Browsers open six connections to a server with HTTP/1.1, and one for many requests with HTTP/2 and HTTP/3. */
const CONNECTIONS = 6;
const STREAMS = 100;

const rate = element("rate", HTMLInputElement);
const pause = element("pause", HTMLButtonElement);
const cellCanvas = element("cells", HTMLCanvasElement);
const chart = element("history", HTMLCanvasElement);
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const results = new Results();
const totals = new Totals();
let palette = readPalette();
const cells = new Cells(cellCanvas, palette);
const serverTimes = new ServerTimes((protocol) => {
  sender.limit = /^h[23]/.test(protocol) ? STREAMS : CONNECTIONS;
});
let requests = 0;
/** Responses to earlier requests no longer count. */
let clearedAt = 0;
let respondedAt: number | undefined;
let failedAt: number | undefined;
let shownAt = -Infinity;
/** The second in which the chart was drawn. */
let chartSecond = -1;

const sender = new Sender(sendRequest, Number(rate.value), CONNECTIONS);

async function sendRequest(): Promise<void> {
  // The page's own path, which may have a prefix of a load balancer. An absolute URL, because the page's own may have a user
  // and password, which fetch rejects. The browser sends them nevertheless.
  const url = `${location.origin}${location.pathname}?${++requests}`;
  const startedAt = performance.now();
  const finished = await request(url, serverTimes.expect(url));
  if (startedAt >= clearedAt) take(finished);
}

function take({ result, networkFailed, body, raw }: Finished): void {
  results.add(result);
  cells.add(result);
  totals.add(result, field(body, "hostname"), field(body, "ec2IP"));
  if (result.responded) respondedAt = result.at;
  if (networkFailed) failedAt = result.at;
  setText("raw", raw.trim());
}

function isPaused(): boolean {
  return pause.getAttribute("aria-pressed") === "true";
}

function frame(): void {
  requestAnimationFrame(frame);
  const now = performance.now();
  const due = now - shownAt >= (reducedMotion.matches ? CALM_MS : REFRESH_MS);
  if (due || !reducedMotion.matches) cells.draw();
  if (due) show(now);
}

/** Shows everything, computed again, so that nothing is older than the next refresh. */
function show(now: number): void {
  shownAt = now;
  results.prune(now);
  const summary = summarize(results.since(now - WINDOW_SECONDS * 1000));
  const { startedAt } = sender;
  showSummary(
    summary,
    noticeOf({ now, paused: isPaused(), startedAt, respondedAt, failedAt }),
    WINDOW_SECONDS,
  );
  setText("sent", describeRate(sender.rate, isPaused() ? 0 : sender.realRate(now)));
  setText("overall", totals.describe());
  setRows("pods", totals.pods());
  showChart(now);
}

function showChart(now: number): void {
  const current = Math.floor(now / 1000);
  if (current === chartSecond) return;
  chartSecond = current;
  const seconds = secondsOf(results.since((current - CHART_SECONDS) * 1000), now);
  const changes = changesOf(seconds);
  drawChart(chart, palette, { seconds, changes, current });
  chart.setAttribute("aria-label", describeChart(changes, current));
}

/** Draws everything again, after a change of the size or of the colours. */
function layOut(): void {
  palette = readPalette();
  cells.layOut(palette);
  drawLegend(palette);
  chartSecond = -1;
  shownAt = -Infinity;
}

function updateSending(): void {
  sender.active = !isPaused() && !document.hidden;
}

rate.addEventListener("input", () => {
  setText("rate-shown", rate.value);
  sender.rate = Number(rate.value);
});
pause.addEventListener("click", () => {
  pause.setAttribute("aria-pressed", String(!isPaused()));
  updateSending();
});
element("burst", HTMLButtonElement).addEventListener("click", () => sender.burst(BURST));
element("clear", HTMLButtonElement).addEventListener("click", () => {
  clearedAt = performance.now();
  respondedAt = undefined;
  failedAt = undefined;
  results.clear();
  totals.clear();
  cells.clear();
  layOut();
});
document.addEventListener("visibilitychange", updateSending);
window.addEventListener("resize", layOut);
// The rest of the page can change the size of a canvas too.
const sizes = new ResizeObserver(layOut);
for (const canvas of [cellCanvas, chart]) sizes.observe(canvas);
for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
  matchMedia(query).addEventListener("change", layOut);
followPresent(element("present", HTMLButtonElement), element("leave", HTMLButtonElement), layOut);
updateSending();
frame();
