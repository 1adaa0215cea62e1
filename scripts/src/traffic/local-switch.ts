import { Agent, request } from "undici";
import * as v from "valibot";
import { isColor } from "../domain/color.ts";
import { CONTROL_PORT, localUrl, SAMPLE_ID, STABLE_PORT } from "../domain/ports.ts";
import type { Sample } from "../domain/sample.ts";
import { type Weights, WeightsSchema } from "../domain/weights.ts";
import { UserError } from "../lib/errors.ts";
import type { Switch } from "./switch.ts";

const CONTROL = localUrl(CONTROL_PORT);
const PARALLEL = 4;

/** The switch of the running `pnpm dev`. */
export function openLocalSwitch(): Switch {
  return {
    stableName: "local",
    read: async () => ({ mode: "local", weights: await control({ method: "GET" }), enabled: true }),
    setWeights: async (weights) => {
      await control({ method: "PUT", body: JSON.stringify(weights) });
    },
    sample: async (count, signal) => {
      const dispatcher = new Agent({ connections: PARALLEL });
      const samples = await Promise.all(Array.from({ length: count }, () => sampleOne(dispatcher)));
      await dispatcher.close();
      signal?.throwIfAborted();
      return samples;
    },
  };
}

async function control(options: { method: "GET" | "PUT"; body?: string }): Promise<Weights> {
  try {
    const { body } = await request(CONTROL, options);
    return v.parse(WeightsSchema, await body.json());
  } catch (cause) {
    throw new UserError(`No response from ${CONTROL}: is \`pnpm dev\` running on this machine?`, { cause });
  }
}

async function sampleOne(dispatcher: Agent): Promise<Sample> {
  const start = performance.now();
  try {
    const { statusCode, headers, body } = await request(localUrl(STABLE_PORT), {
      dispatcher,
      headers: { "x-request-id": SAMPLE_ID },
    });
    await body.dump();
    const color = headers["x-echo-color"];
    return {
      status: statusCode,
      milliseconds: performance.now() - start,
      color: typeof color === "string" && isColor(color) ? color : undefined,
    };
  } catch {
    return { status: 0, milliseconds: performance.now() - start, color: undefined };
  }
}
