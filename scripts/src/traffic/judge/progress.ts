import type { Color } from "../../domain/color.ts";
import type { Judge } from "./judge.ts";

/** The state of a step that is being watched. */
export interface StepProgress {
  color: Color;
  /** The colour's share in percent, as it was set. */
  weight: number;
  /** The colour's share of the last samples, in percent; undefined without samples. */
  observed: number | undefined;
  /** Undefined without a judgement. */
  judge: Judge | undefined;
  /** Requests of the judgement: samples, or those that Prometheus has counted. */
  samples: number;
  samplesNeeded: number;
  /** In percent; undefined without samples. */
  errorRate: number | undefined;
  /** Undefined without a judgement. */
  maxErrorRate: number | undefined;
  /** In ms; undefined without a successful sample. */
  p99: number | undefined;
  /** Undefined without a judgement, or without samples of the other colour. */
  maxP99: number | undefined;
  /** When the step should be over, by `Date.now()`. */
  end: number;
  /** Whether `end` is a limit, not an estimate. */
  limit: boolean;
}

export type OnProgress = (progress: StepProgress) => void;

/** Lines on other outputs than a terminal fit a terminal of this width. */
export const WIDTH = 80;

/** `green 25 %, seen 24.8 %, 500/200 samples, errors 0.1/1 %, p99 12/24 ms, ~7 s`, in 80 columns. */
export function describeProgress(progress: StepProgress, now = Date.now()): string {
  const { color, weight, samples, samplesNeeded, end, limit } = progress;
  const seconds = Math.max(0, Math.ceil((end - now) / 1000));
  const unit = progress.judge === "Prometheus" ? "requests" : "samples";
  const parts = [
    `${color} ${weight} %`,
    progress.observed === undefined ? "" : `seen ${round(progress.observed)} %`,
    `${samples}/${samplesNeeded} ${unit}`,
    progress.errorRate === undefined
      ? ""
      : `errors ${withLimit(progress.errorRate, progress.maxErrorRate)} %`,
    progress.p99 === undefined ? "" : `p99 ${withLimit(Math.round(progress.p99), progress.maxP99, 0)} ms`,
    `${limit ? "<" : "~"}${seconds} s`,
  ].filter(Boolean);
  const line = parts.join(", ");
  return line.length <= WIDTH ? line : line.replace(` ${unit}`, "").replace("seen ", "").slice(0, WIDTH);
}

/** The fields of a `progress` line of `--json`. */
export function progressFields(progress: StepProgress, now = Date.now()): object {
  const { end, limit: _limit, p99, maxP99, ...rest } = progress;
  const leftSeconds = Math.max(0, Math.ceil((end - now) / 1000));
  return { ...rest, p99Ms: p99, maxP99Ms: maxP99, leftSeconds };
}

function withLimit(value: number, limit: number | undefined, digits = 1): string {
  return limit === undefined ? `${round(value, digits)}` : `${round(value, digits)}/${round(limit, digits)}`;
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
