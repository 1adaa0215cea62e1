import { once } from "node:events";
import { CONTROL_PORT, LOOPBACK, STABLE_PORT } from "../domain/ports.ts";
import { allOn, type Weights } from "../domain/weights.ts";
import { createControl } from "./control.ts";
import { createStableName } from "./stable-name.ts";
import { TrafficCounts } from "./traffic-counts.ts";

/** The running traffic of the local system. */
export type Balancer = Awaited<ReturnType<typeof startBalancer>>;

/**
 * The traffic of the local system: a port that forwards each request to either backend, by weight, and a port that sets the
 * weights, which only this machine reaches.
 * @param address where the stable name listens; undefined: all addresses
 */
export async function startBalancer(
  address: string | undefined,
  onChange: (from: Weights, to: Weights) => void,
) {
  let weights = allOn("blue");
  const set = (next: Weights) => {
    const from = weights;
    weights = next;
    onChange(from, next);
  };
  const counts = new TrafficCounts();
  const choose = () => ({
    color: Math.random() * 100 < weights.green ? ("green" as const) : ("blue" as const),
    weights,
  });
  const stableName = createStableName(choose, { onEnd: (color, isError) => counts.add(color, isError) });
  const control = createControl(() => weights, set);
  const close = async () => {
    stableName.closeAllConnections();
    await Promise.all([new Promise((resolve) => stableName.close(resolve)), control.close()]);
  };
  try {
    await once(stableName.listen(STABLE_PORT, address), "listening");
    await control.listen({ port: CONTROL_PORT, host: LOOPBACK });
  } catch (error) {
    await close();
    throw error;
  }
  return { weights: () => weights, set, recent: () => counts.recent(), close };
}
