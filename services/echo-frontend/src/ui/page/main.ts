import { capacityOf, describeShares, drawCells, drawHistory, HISTORY_MS } from "./draw.ts";
import { latency, type Look, type Result, Results, sharesOf } from "./results.ts";

/** The version of each colour. The build replaces these by literals. */
declare const BLUE_VERSION: string;
declare const GREEN_VERSION: string;

const WINDOW_MS = 10_000;
const ANNOUNCE_MS = 5000;
const BURST = 100;
/** The most pending requests, so that the page does not overload a slow frontend. */
const MAX_PENDING = 120;

const results = new Results();
const pods = new Map<string, { node: string; count: number }>();
let pending = 0;
/** Responses to earlier requests no longer count. */
let clearedAt = 0;
let changed = true;
/** The history moves every second, even without a response. */
let shownSecond = 0;
let announcedAt = 0;

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`#${id} is missing`);
  return found;
}

const cells = element("cells", HTMLCanvasElement);
const history = element("history", HTMLCanvasElement);
const rate = element("rate", HTMLInputElement);
const pause = element("pause", HTMLButtonElement);
const text = (id: string, value: string) => {
  element(id, HTMLElement).textContent = value;
};

function lookOf(backend: string, ok: boolean): Look {
  if (!ok) return "error";
  if (backend === BLUE_VERSION) return "blue";
  return backend === GREEN_VERSION ? "green" : "other";
}

/** A text field of a response body, or "" if there is none. */
function field(body: unknown, key: string): string {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, key) : undefined;
  return typeof value === "string" ? value : "";
}

async function sendRequest(): Promise<void> {
  if (pending >= MAX_PENDING) return;
  pending++;
  const start = performance.now();
  let raw = "";
  let ok = false;
  let body: unknown;
  try {
    // The page's own path, which may have a prefix of a load balancer. An absolute URL, because the page's own may have a user
    // and password, which fetch rejects. The browser sends them nevertheless.
    const response = await fetch(location.origin + location.pathname, {
      headers: { accept: "application/json" },
      cache: "no-store",
    });
    raw = await response.text();
    ok = response.ok;
    body = JSON.parse(raw);
  } catch (error) {
    if (raw === "") raw = String(error);
    ok = false;
  }
  pending--;
  if (start < clearedAt) return;
  const backend = ok ? field(body, "backend") : "error";
  showResult(
    { at: Date.now(), milliseconds: performance.now() - start, backend, look: lookOf(backend, ok) },
    body,
    raw,
  );
}

function showResult(result: Result, body: unknown, raw: string): void {
  results.add(result);
  const hostname = field(body, "hostname");
  if (hostname)
    pods.set(hostname, { node: field(body, "ec2IP"), count: (pods.get(hostname)?.count ?? 0) + 1 });
  text("raw", raw.trim());
  changed = true;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

function showShares(recent: readonly Result[]): void {
  const looks = new Map(recent.map(({ backend, look }) => [backend, look]));
  const rows = sharesOf(recent).map(([name, share]) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    const look = looks.get(name) ?? "other";
    term.textContent = look === "blue" || look === "green" ? `${look} ${name}` : name;
    value.textContent = percent(share);
    value.className = look;
    row.append(term, value);
    return row;
  });
  element("shares", HTMLElement).replaceChildren(...rows);
}

function showPods(): void {
  const rows = [...pods]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, { node, count }]) => {
      const row = document.createElement("tr");
      for (const value of [name, node || "–", String(count)]) row.insertCell().textContent = value;
      return row;
    });
  element("pods", HTMLElement).replaceChildren(...rows);
}

/** Announces the shares to a screen reader, every few seconds. */
function announce(recent: readonly Result[], now: number): void {
  if (now - announcedAt < ANNOUNCE_MS) return;
  announcedAt = now;
  text("state", `${results.total} responses. ${describeShares(recent)}`);
}

function show(): void {
  requestAnimationFrame(show);
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (!changed && second === shownSecond) return;
  shownSecond = second;
  drawHistory(history, results.since(now - HISTORY_MS), now);
  if (!changed) return;
  changed = false;
  const recent = results.since(now - WINDOW_MS);
  drawCells(cells, results.newest(capacityOf(cells)));
  showShares(recent);
  showPods();
  const ms = (share: number) => `${latency(recent, share)?.toFixed(1) ?? "–"} ms`;
  text("p50", ms(0.5));
  text("p99", ms(0.99));
  text(
    "overall",
    results
      .overall()
      .map(([name, share]) => `${name} ${percent(share)}`)
      .join(", ") || "no response yet",
  );
  announce(recent, now);
}

function isPaused(): boolean {
  return pause.getAttribute("aria-pressed") === "true";
}

function tick(): void {
  setTimeout(tick, 1000 / Number(rate.value));
  if (!isPaused() && !document.hidden) void sendRequest();
}

rate.addEventListener("input", () => text("rate-shown", rate.value));
pause.addEventListener("click", () => pause.setAttribute("aria-pressed", String(!isPaused())));
element("burst", HTMLButtonElement).addEventListener("click", () => {
  for (let i = 0; i < BURST; i++) void sendRequest();
});
element("clear", HTMLButtonElement).addEventListener("click", () => {
  clearedAt = performance.now();
  results.clear();
  pods.clear();
  changed = true;
});
window.addEventListener("resize", () => (changed = true));
tick();
show();
