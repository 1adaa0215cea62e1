import { commonSettings, milliseconds, percent } from "@echo/kit";
import * as v from "valibot";

/** The settings of the backend: the common ones, and the faults that a lesson or a test asks for. */
export const backendSettings = {
  ...commonSettings,
  /** Share of requests that are answered 500. */
  FAILURE_RATE: percent(0),
  /** Wait before each answer. */
  DELAY_MS: milliseconds(0),
  /** Up to this much more wait, drawn anew for each answer. */
  DELAY_JITTER_MS: milliseconds(0),
};

export const backendSchema = v.object(backendSettings);

export type BackendConfig = Readonly<v.InferOutput<typeof backendSchema>>;
