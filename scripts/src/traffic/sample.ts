import { type Color, isColor } from "../versions.ts";

/** One answered (or failed) request at a stable name. */
export interface Sample {
  /** HTTP status; 0 where there was no answer. */
  status: number;
  milliseconds: number;
  /** The colour that answered, by its `x-echo-color`; undefined where something else did, or nothing. */
  color: Color | undefined;
}

/** What `parseSample` reads, as curl's --write-out. */
export const CURL_FORMAT = "%{http_code} %{time_total} %header{x-echo-color}\n";

export function parseSample(line: string): Sample {
  const [status = "", seconds = "", color = ""] = line.split(" ");
  return {
    status: Number(status),
    milliseconds: Number(seconds) * 1000,
    color: isColor(color) ? color : undefined,
  };
}

export function isError({ status }: Sample): boolean {
  return status < 200 || status >= 500;
}

/** How many of the samples a colour answered. */
export function countOf(samples: readonly Sample[], color: Color): number {
  return samples.filter((sample) => sample.color === color).length;
}

/** `green 24.8 % of 1000 requests`, and how many failed, where any did. */
export function describeShare(samples: readonly Sample[], color: Color): string {
  const share = samples.length === 0 ? 0 : (countOf(samples, color) / samples.length) * 100;
  const failed = samples.filter(isError).length;
  return `${color} ${share.toFixed(1)} % of ${samples.length} requests${failed > 0 ? `, ${failed} failed` : ""}`;
}
