import { element, setRows, setText } from "./elements.ts";
import type { Notice } from "./notice.ts";
import type { Group, Summary } from "./summary.ts";
import { describe, milliseconds, percent, type ShareText, shareTexts } from "./words.ts";

/** How often a screen reader hears the shares, in ms. */
const ANNOUNCE_MS = 5000;

let announcedAt = -Infinity;
let announcedKind: Notice["kind"] | undefined;

/** Shows one summary in all its places: headline, big numbers, table and latencies. */
export function showSummary(summary: Summary, notice: Notice, seconds: number): void {
  const text = describe(summary, seconds);
  setText("notice", notice.text);
  setText("summary", text);
  element("state", HTMLElement).dataset.kind = notice.kind;
  showShares(shareTexts(summary));
  setRows("by-color", summary.groups.map(rowOf));
  setText("p50", milliseconds(summary.p50));
  setText("p99", milliseconds(summary.p99));
  announce(notice, text);
}

function rowOf({ label, count, share, errorShare, p50, p99 }: Group): string[] {
  return [label, String(count), percent(share), percent(errorShare), milliseconds(p50), milliseconds(p99)];
}

let shownShares = "";

function showShares(shares: readonly ShareText[]): void {
  const key = JSON.stringify(shares);
  if (key === shownShares) return;
  shownShares = key;
  const rows = shares.map(({ look, label, share, weight }) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    term.textContent = [label, weight].filter((part) => part !== "").join(", ");
    value.textContent = share;
    value.className = look;
    row.append(term, value);
    return row;
  });
  element("shares", HTMLElement).replaceChildren(...rows);
}

/** Tells a screen reader a new notice at once, and the shares every few seconds. */
function announce({ kind, text }: Notice, shares: string): void {
  const now = performance.now();
  const quiet = kind === "silent" || kind === "unreachable" || kind === "paused" || shares === "";
  if (kind === announcedKind && (quiet || now - announcedAt < ANNOUNCE_MS)) return;
  announcedKind = kind;
  announcedAt = now;
  setText("announcement", text || shares);
}
