import type { Sample } from "../../src/domain/sample.ts";
import type { Weights } from "../../src/domain/weights.ts";
import type { HeldLease } from "../../src/traffic/lease.ts";
import type { Switch, SwitchState } from "../../src/traffic/switch.ts";

/** A switch in memory. Its samples agree exactly with its weights; those of green have the properties in `green`. */
export class FakeSwitch implements Switch {
  readonly stableName = "fake";
  readonly labels = { namespace: "test", service: "echo-backend" } as const;
  /** The weights that were set, in order. */
  readonly history: Weights[] = [];
  weights: Weights;
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

  checkTarget = (): Promise<void> => Promise.resolve();
  followers = () => Promise.resolve([]);
  readiness = () => Promise.resolve("1/1");
  manifest = (weights = this.weights): Promise<string> =>
    Promise.resolve(
      `---\nkind: HTTPRoute\nmetadata:\n  name: fake\nspec:\n  blue: ${weights.blue}\n  green: ${weights.green}\n`,
    );
}
