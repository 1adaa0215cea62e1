import * as v from "valibot";

/** The path on a backend's admin port that reads and replaces its faults. */
export const FAULTS_PATH = "/faults";

/** The faults that a backend simulates, as its admin port returns them. */
export const FaultsSchema = v.object({
  /** Share of requests that fail with 500, in percent. */
  errors: v.number(),
  /** Delay of each response, in ms. */
  delayMs: v.number(),
  /** The most of a further random delay of each response, in ms. */
  jitterMs: v.number(),
  /** Whether requests get no response at all. */
  hang: v.boolean(),
});
export type Faults = Readonly<v.InferOutput<typeof FaultsSchema>>;

export const NO_FAULTS: Faults = { errors: 0, delayMs: 0, jitterMs: 0, hang: false };

/** `20 % errors, delay 200 ms`; `no faults` without any. */
export function describeFaults({ errors, delayMs, jitterMs, hang }: Faults): string {
  if (hang) return "no response (hang)";
  const parts = [
    ...(errors > 0 ? [`${errors} % errors`] : []),
    ...(delayMs > 0 ? [`delay ${delayMs} ms`] : []),
    ...(jitterMs > 0 ? [`jitter ${jitterMs} ms`] : []),
  ];
  return parts.length === 0 ? "no faults" : parts.join(", ");
}
