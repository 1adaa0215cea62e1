import { keyBindings } from "../../src/dev/key-bindings.ts";

const nothing = () => undefined;

/** The keys of `pnpm dev`. They do nothing. */
export const BINDINGS = keyBindings({
  setWeights: nothing,
  cycleFault: nothing,
  restartEnded: nothing,
  toggleRequests: nothing,
  printOverview: nothing,
  printKeys: nothing,
  quit: nothing,
});
