import type { Change } from "./changes.ts";
import type { Source } from "./result.ts";
import type { Summary } from "./summary.ts";

/** `0 %`, `12.5 %`, `100 %` */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

/** `8.4 ms`, `305 ms`, or – if there is no number. */
export function milliseconds(ms: number | undefined): string {
  return ms === undefined ? "–" : `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}

/** The requests per second: `40`, or `18 of 40` if fewer are sent than chosen. `real` is undefined until it is measured. */
export function describeRate(chosen: number, real: number | undefined): string {
  return real === undefined || real >= chosen * 0.9 ? String(chosen) : `${Math.round(real)} of ${chosen}`;
}

/** One share in words. */
export interface ShareText {
  look: Source | "error";
  label: string;
  share: string;
  /** Such as `weight 25 %`, or empty. */
  weight: string;
}

/** The shares of a summary. The headline and the big numbers both show these texts. */
export function shareTexts({ groups, errorShare }: Summary): ShareText[] {
  const texts: ShareText[] = groups.map(({ source, label, share, weight }) => ({
    look: source,
    label,
    share: percent(share),
    weight: weight === undefined ? "" : `weight ${weight} %`,
  }));
  if (errorShare > 0) texts.push({ look: "error", label: "errors", share: percent(errorShare), weight: "" });
  return texts;
}

/** Such as `80 requests in 10 s: blue 11.0 75.0 %, green 12.0 25.0 %`. Empty without requests. */
export function describe(summary: Summary, seconds: number): string {
  if (summary.count === 0) return "";
  const shares = shareTexts(summary).map(({ label, share }) => `${label} ${share}`);
  return `${summary.count} requests in ${seconds} s: ${shares.join(", ")}`;
}

/** The chart for a screen reader. The table has the shares. */
export function describeChart(changes: readonly Change[], current: number): string {
  const texts = changes.map(
    ({ second, green, known }) => `green ${known ? "" : "about "}${green} % ${current - second} s ago`,
  );
  const title = "Share by colour over the last minute";
  return texts.length === 0 ? title : `${title}. Changes: ${texts.join(", ")}`;
}
