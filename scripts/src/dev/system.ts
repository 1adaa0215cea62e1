import { UserError } from "../lib/errors.ts";
import { serviceEnvironment } from "./environment.ts";
import type { DevProcess } from "./plan.ts";
import { build } from "./rebuild.ts";
import { type Services, type StartOptions, startServices } from "./services.ts";

export interface SystemOptions extends Pick<StartOptions, "signal" | "onLine"> {
  /** The variables of the shell. */
  env: NodeJS.ProcessEnv;
  /** Gets what the user should know. */
  print: (text: string) => void;
  /** Called after the state of a service has changed. */
  onChange: () => void;
}

/** The services of the local system, which are rebuilt and restarted. */
export class System {
  /** What a service does that does not run, such as `was killed by SIGKILL`. */
  readonly states = new Map<DevProcess["name"], string>();
  readonly #makePlan: () => readonly DevProcess[];
  readonly #options: SystemOptions;
  #plan: readonly DevProcess[] = [];
  #services: Services | undefined;

  /** @param makePlan is called at each start: a new build may have new versions */
  constructor(makePlan: () => readonly DevProcess[], options: SystemOptions) {
    this.#makePlan = makePlan;
    this.#options = options;
  }

  /** What runs, or starts now. */
  get plan(): readonly DevProcess[] {
    return this.#plan;
  }

  /** Starts all services. @throws {UserError} if one does not become ready */
  async start(): Promise<void> {
    const { env, signal, onLine, onChange } = this.#options;
    this.#plan = this.#makePlan();
    this.#services = await startServices(this.#plan, {
      env: serviceEnvironment(env),
      signal,
      onLine,
      onState: (name, state) => {
        if (state === undefined) this.states.delete(name);
        else this.states.set(name, state);
        onChange();
      },
    });
  }

  /** Rebuilds and restarts. After an error the next change of a source file tries again. */
  async rebuild(): Promise<void> {
    const { env, signal, print } = this.#options;
    try {
      print("Source changed: building …");
      await build(env, signal);
      await this.stop();
      await this.start();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof UserError)) throw error;
      print(error.message);
    }
  }

  /** Restarts the services that have ended. */
  async restartEnded(): Promise<void> {
    const { print } = this.#options;
    try {
      const names = (await this.#services?.restartEnded()) ?? [];
      print(names.length > 0 ? `Restarted: ${names.join(", ")}.` : "Nothing to restart: nothing has ended.");
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      print(error.message);
    }
  }

  async stop(): Promise<void> {
    await this.#services?.stop();
  }
}
