import { Agent, request } from "undici";
import * as v from "valibot";
import { CONTROL_PORT, localUrl, SAMPLE_ID, STABLE_PORT } from "../dev/plan.ts";
import { WeightsSchema } from "../dev/stable-name.ts";
import { UserError } from "../errors.ts";
import type { Sample } from "../traffic/sample.ts";
import type { Weights } from "../traffic/weights.ts";
import { isColor } from "../versions.ts";

const CONTROL = localUrl(CONTROL_PORT);
const PARALLEL = 4;

/** The stable name of the running `pnpm dev`. */
export function openLocalName() {
  return {
    read: (): Promise<Weights> => control({ method: "GET" }),
    setWeights: (weights: Weights) => control({ method: "PUT", body: JSON.stringify(weights) }),
    sample: async (count: number): Promise<Sample[]> => {
      const dispatcher = new Agent({ connections: PARALLEL });
      const samples = await Promise.all(Array.from({ length: count }, () => sampleOne(dispatcher)));
      await dispatcher.close();
      return samples;
    },
  };
}

async function control(options: { method: "GET" | "PUT"; body?: string }): Promise<Weights> {
  try {
    const { body } = await request(CONTROL, options);
    return v.parse(WeightsSchema, await body.json());
  } catch (cause) {
    throw new UserError(`No answer from ${CONTROL}: is \`pnpm dev\` running on this machine?`, { cause });
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
