/** How much worse than the other colour a canary may be. */
export interface Limits {
  /** The highest acceptable share of failed requests, in percent. */
  maxErrorRate: number;
  /** The highest acceptable ratio of the canary's p99 to the other colour's. */
  maxP99Ratio: number;
}

/** Judges what users got, as a Prometheus has recorded it. */
export interface RealTrafficJudge {
  /** The URL of Prometheus. */
  url: string;
  /** Fewer requests of a colour in a step are not enough for a judgement. */
  minRequests: number;
}

/** How the target colour is judged at each step. */
export interface CanaryLimits extends Limits {
  /** The least time to watch each step, in ms. */
  intervalMs: number;
  /** Undefined judges samples of the command's own. */
  realTraffic?: RealTrafficJudge | undefined;
}
