import { commonSettings, milliseconds, oneOf, percent } from "@echo/kit";
import * as v from "valibot";

/** The settings of the backend: the common ones and the faults that it simulates. */
export const backendSettings = {
  ...commonSettings,
  /** Share of requests that fail with 500, in percent. Default 0. */
  FAILURE_RATE: percent(0),
  /** Delay of each response, in ms. Default 0. */
  DELAY_MS: milliseconds(0),
  /** The most of a further random delay of each response, in ms. Default 0. */
  DELAY_JITTER_MS: milliseconds(0),
  /** `on` lets anyone who reaches ADMIN_PORT change the simulated faults, at /faults. `off`, the default, has no such path. */
  FAULTS: oneOf("off", ["off", "on"]),
};

export const backendSchema = v.object(backendSettings);

export type BackendConfig = Readonly<v.InferOutput<typeof backendSchema>>;
