import type { Color } from "../../src/domain/color.ts";
import type { Sample } from "../../src/domain/sample.ts";
import type { Weights } from "../../src/domain/weights.ts";
import type { Need } from "../../src/traffic/check/capacity.ts";
import type { HeldLease } from "../../src/traffic/lease/lease.ts";
import type { Switch, SwitchState } from "../../src/traffic/place/switch.ts";
import { TargetError } from "../../src/traffic/check/target-error.ts";

/** A switch in memory. Its samples agree exactly with its weights; those of green have the properties in `green`. */
export class FakeSwitch implements Switch {
  readonly stableName = "fake";
  readonly labels = { namespace: "test", service: "echo-backend" } as const;
  /** The weights that were set, in order. */
  readonly history: Weights[] = [];
  /** The needs that were checked, in order, with the weights at that time. */
  readonly checked: { color: Color; ready: number; at: Weights }[] = [];
  weights: Weights;
  /** The ready instances of each colour. */
  instances: Record<Color, number> = { blue: 1, green: 1 };
  green: Partial<Sample> = {};
  onSample = (): void => undefined;

  constructor(weights: Weights = { blue: 100, green: 0 }) {
    this.weights = weights;
  }

  read = (): Promise<SwitchState> =>
    Promise.resolve({ mode: "gateway", weights: this.weights, enabled: true });

  setWeights = async (weights: Weights, confirm: HeldLease["confirm"]): Promise<void> => {
    await confirm();
    this.history.push(weights);
    this.weights = weights;
  };

  sample = (count: number): Promise<Sample[]> => {
    this.onSample();
    const green = (count * this.weights.green) / 100;
    return Promise.resolve(
      Array.from({ length: count }, (_, index) =>
        index < green
          ? { status: 200, milliseconds: 5, color: "green", ...this.green }
          : { status: 200, milliseconds: 5, color: "blue" },
      ),
    );
  };

  ready = (color: Color): Promise<number> => Promise.resolve(this.instances[color]);
  checkTarget = async (color: Color, need: Need): Promise<void> => {
    this.checked.push({ color, ready: need.ready, at: this.weights });
    const ready = await this.ready(color);
    if (ready < need.ready) throw new TargetError(`${color} has ${ready} of ${need.ready}.`);
  };
  /** Refuses the path to every colour, as with a foreign route. */
  isBlocked = false;
  checkPath = async (color: Color): Promise<void> => {
    if (this.isBlocked) throw new TargetError(`another route has the host name of ${color}`);
  };
  followers = () => Promise.resolve([]);
  readiness = () => Promise.resolve("1/1");
  version = (color: Color) => Promise.resolve(color === "blue" ? "13.0" : undefined);
  manifest = (weights = this.weights): Promise<string> =>
    Promise.resolve(
      `---\nkind: HTTPRoute\nmetadata:\n  name: fake\nspec:\n  blue: ${weights.blue}\n  green: ${weights.green}\n`,
    );
}
