import { type Answer, Answers, latency, type Look, sharesOf } from "./answers.ts";
import { describeShares, drawCells, drawHistory, HISTORY_MS, roomFor } from "./draw.ts";

/** Which version is which colour; written in by the build. */
declare const BLUE_VERSION: string;
declare const GREEN_VERSION: string;

const WINDOW_MS = 10_000;
const SPEAK_MS = 5000;
const BURST = 100;
/** As many requests at most wait at a time, so that a slow frontend is not asked ever more. */
const MOST_WAITING = 120;

const answers = new Answers();
const pods = new Map<string, { node: string; count: number }>();
let waiting = 0;
/** An answer to a request of before counts no more. */
let clearedAt = 0;
let changed = true;
/** The history moves on by a second even when no answer comes. */
let shownSecond = 0;
let spokenAt = 0;

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

/** A text of the answer, whatever it really is. */
function field(answer: unknown, key: string): string {
  const value: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, key) : undefined;
  return typeof value === "string" ? value : "";
}

async function ask(): Promise<void> {
  if (waiting >= MOST_WAITING) return;
  waiting++;
  const start = performance.now();
  let raw = "";
  let ok = false;
  let answer: unknown;
  try {
    // The page's own address, whatever prefix a load balancer put before it.
    const response = await fetch(location.pathname, {
      headers: { accept: "application/json" },
      cache: "no-store",
    });
    raw = await response.text();
    ok = response.ok;
    answer = JSON.parse(raw);
  } catch (error) {
    if (raw === "") raw = String(error);
    ok = false;
  }
  waiting--;
  if (start < clearedAt) return;
  const backend = ok ? field(answer, "backend") : "error";
  note(
    { at: Date.now(), milliseconds: performance.now() - start, backend, look: lookOf(backend, ok) },
    answer,
    raw,
  );
}

function note(one: Answer, answer: unknown, raw: string): void {
  answers.add(one);
  const hostname = field(answer, "hostname");
  if (hostname)
    pods.set(hostname, { node: field(answer, "ec2IP"), count: (pods.get(hostname)?.count ?? 0) + 1 });
  text("raw", raw.trim());
  changed = true;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

function showShares(recent: readonly Answer[]): void {
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

/** Says the shares to a screen reader, but not ten times a second. */
function speak(recent: readonly Answer[], now: number): void {
  if (now - spokenAt < SPEAK_MS) return;
  spokenAt = now;
  text("state", `${answers.total} answers. ${describeShares(recent)}`);
}

function show(): void {
  requestAnimationFrame(show);
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (!changed && second === shownSecond) return;
  shownSecond = second;
  drawHistory(history, answers.since(now - HISTORY_MS), now);
  if (!changed) return;
  changed = false;
  const recent = answers.since(now - WINDOW_MS);
  drawCells(cells, answers.newest(roomFor(cells)));
  showShares(recent);
  showPods();
  const ms = (share: number) => `${latency(recent, share)?.toFixed(1) ?? "–"} ms`;
  text("p50", ms(0.5));
  text("p99", ms(0.99));
  text(
    "overall",
    answers
      .overall()
      .map(([name, share]) => `${name} ${percent(share)}`)
      .join(", ") || "no answer yet",
  );
  speak(recent, now);
}

function isPaused(): boolean {
  return pause.getAttribute("aria-pressed") === "true";
}

function tick(): void {
  setTimeout(tick, 1000 / Number(rate.value));
  if (!isPaused() && !document.hidden) void ask();
}

rate.addEventListener("input", () => text("rate-shown", rate.value));
pause.addEventListener("click", () => pause.setAttribute("aria-pressed", String(!isPaused())));
element("burst", HTMLButtonElement).addEventListener("click", () => {
  for (let i = 0; i < BURST; i++) void ask();
});
element("clear", HTMLButtonElement).addEventListener("click", () => {
  clearedAt = performance.now();
  answers.clear();
  pods.clear();
  changed = true;
});
window.addEventListener("resize", () => (changed = true));
tick();
show();
