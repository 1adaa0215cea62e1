import { randomUUID } from "node:crypto";
import os from "node:os";
import { isUnreachable, reportUnreachable } from "../../adapters/api-server.ts";
import type { LeaseState, StoredLease } from "../../domain/lease.ts";
import { UserError } from "../../lib/errors.ts";
import { print } from "../../lib/terminal.ts";
import { pause } from "../../lib/wait.ts";
import type { LeaseStore } from "./lease-store.ts";

/** The annotation that describes what the holder does, for the user who meets the lock. */
const INTENT = "echo-traffic/shift";

/** In ms. */
export interface LeaseTiming {
  /** A holder that has not renewed for this long has crashed. Longer than an API server's restart. */
  duration: number;
  renewEvery: number;
  /** A holder that could not renew for this long gives up, before someone else may take over. */
  lostAfter: number;
  /** Pause before a failed write is tried again. */
  retryEvery: number;
}
const TIMING: LeaseTiming = { duration: 45_000, renewEvery: 5000, lostAfter: 35_000, retryEvery: 1000 };

export interface LeaseOptions {
  timing?: LeaseTiming;
  /** Gets what the user should know. Default: prints it. */
  onNote?: (text: string) => void;
}

/** A store, and how it is used. */
type Access = Required<LeaseOptions> & { store: LeaseStore };

/** Someone else may shift the traffic now. After this error, a shift writes no more weights. */
export class RivalError extends UserError {
  override name = "RivalError";
  readonly isRival = true;
}

/** The lease was lost. After this error, a shift writes nothing more. */
export class LeaseLostError extends RivalError {
  override name = "LeaseLostError";
}

/** A lease that this process holds. */
export interface HeldLease {
  /** Aborts when the command is interrupted, or with a LeaseLostError when the lease is lost. */
  readonly signal: AbortSignal;
  /** `user@host`, as others see the holder. */
  readonly user: string;
  /** The annotations, as we read or wrote them last. */
  readonly annotations: Readonly<Record<string, string>>;
  /**
   * Proves, by a write, that the lease is still ours: directly before each change of the traffic.
   * @throws {LeaseLostError} if it is not
   */
  confirm: () => Promise<void>;
  /** Changes annotations; undefined removes one. @throws {LeaseLostError} if the lease is not ours any more */
  annotate: (annotations: Readonly<Record<string, string | undefined>>) => Promise<void>;
}

/**
 * Runs `work` while no one else shifts traffic.
 * @param intent describes the work to others
 * @throws {UserError} if someone else holds the lease
 */
export async function withLease<T>(
  store: LeaseStore,
  intent: string,
  signal: AbortSignal,
  work: (held: HeldLease) => Promise<T>,
  { timing = TIMING, onNote = print }: LeaseOptions = {},
): Promise<T> {
  const user = `${userName()}@${os.hostname()}`;
  const holder = `${user}/${randomUUID().slice(0, 8)}`;
  const lease = await acquire({ store, timing, onNote }, holder, intent, signal);
  const lost = new AbortController();
  const writer = openWriter({ store, timing, onNote }, lease, lost);
  const done = new AbortController();
  const renewing = renew(writer.confirm, timing, lost.signal, done.signal);
  try {
    return await work({
      signal: AbortSignal.any([signal, lost.signal]),
      user,
      get annotations() {
        return writer.annotations();
      },
      confirm: writer.confirm,
      annotate: writer.annotate,
    });
  } finally {
    done.abort();
    await renewing;
    await writer.release();
  }
}

/** A container may run as a user id without a name. */
function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}

/** Renews until `done`, or until the lease is lost. */
async function renew(
  confirm: () => Promise<void>,
  timing: LeaseTiming,
  lost: AbortSignal,
  done: AbortSignal,
) {
  while (!lost.aborted) {
    await pause(timing.renewEvery, done).catch(() => undefined);
    if (done.aborted) return;
    await confirm().catch((error: unknown) => {
      if (!(error instanceof LeaseLostError)) throw error;
    });
  }
}

/** Writes the lease of one holder, one write at a time. Each carries the version that the write before it left. */
function openWriter({ store, timing, onNote }: Access, acquired: StoredLease, lost: AbortController) {
  let { version, ...lease } = acquired;
  let renewed = Date.now();
  let reported = false;
  let last = Promise.resolve();

  const lose = (reason: string): LeaseLostError => {
    const error = new LeaseLostError(reason);
    lost.abort(error);
    return error;
  };

  /** @returns whether it succeeded; otherwise it has to be repeated */
  const attempt = async (next: LeaseState): Promise<boolean> => {
    const start = Date.now();
    try {
      const written = await store.write(next, version);
      if (written !== undefined) {
        [version, lease, renewed, reported] = [written, next, start, false];
        return true;
      }
      const found = await store.read();
      if (found?.holder !== lease.holder) throw lose(describeLoss(found));
      // The response of our own write was lost, or a user has annotated the lease.
      version = found.version;
    } catch (error) {
      // The lease outlives an API server that is away for a while.
      if (!(error instanceof UserError) || error instanceof LeaseLostError) throw error;
      if (isUnreachable(error) && !reported) reportUnreachable(timing.lostAfter);
      reported = true;
      // The wall clock counts the time that the machine slept.
      if (Date.now() - renewed > timing.lostAfter)
        throw lose(`The lock of the shift could not be renewed for ${timing.lostAfter / 1000} s.`);
      await pause(timing.retryEvery);
    }
    return false;
  };

  const write = (change: Partial<Pick<LeaseState, "holder" | "annotations">> = {}): Promise<void> => {
    const repeat = async () => {
      do lost.signal.throwIfAborted();
      while (!(await attempt({ ...lease, ...change, renewTime: new Date().toISOString() })));
    };
    last = last.then(repeat);
    return last;
  };

  return {
    annotations: () => lease.annotations,
    confirm: () => write(),
    annotate: (changes: Readonly<Record<string, string | undefined>>) => {
      const annotations = Object.entries({ ...lease.annotations, ...changes });
      const kept = annotations.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
      return write({ annotations: Object.fromEntries(kept) });
    },
    /** A failure here does not matter: the lease expires by itself. */
    release: async (): Promise<void> => {
      if (lost.signal.aborted) return;
      await write({ holder: "" }).catch((error: unknown) => {
        if (!(error instanceof LeaseLostError)) throw error;
        onNote(`The lock of the shift was not released. ${error.message}`);
      });
    },
  };
}

function describeLoss(found: StoredLease | undefined): string {
  if (found === undefined) return "The lock of the shift was removed.";
  return `The lock of the shift was not renewed in time, and ${found.holder || "someone else"} has taken it.`;
}

/** Takes the lease. @returns it as it is stored now */
async function acquire(
  access: Access,
  holder: string,
  intent: string,
  signal: AbortSignal,
): Promise<StoredLease> {
  const { store, timing, onNote } = access;
  for (;;) {
    signal.throwIfAborted();
    const found = await store.read();
    // Our own write succeeded although its response was lost.
    if (found?.holder === holder) return found;
    const crashed = found !== undefined && found.holder !== "";
    if (crashed) await waitForCrashed(access, found, signal);
    const lease = {
      holder,
      renewTime: new Date().toISOString(),
      durationSeconds: timing.duration / 1000,
      annotations: { ...found?.annotations, [INTENT]: intent },
    };
    const version = await store.write(lease, found?.version);
    if (version === undefined) continue;
    if (crashed)
      onNote(
        `The last shift (${intentOf(found)}, by ${found.holder}) did not end. This one takes over its lock.`,
      );
    return { ...lease, version };
  }
}

/** Returns if the holder has crashed. Its clock may differ from ours, so we also wait for a renewal that does not come. */
async function waitForCrashed({ store, timing, onNote }: Access, found: StoredLease, signal: AbortSignal) {
  const left = timeLeft(found, timing);
  const seconds = Math.ceil(Math.min(Math.max(0, left), timing.duration) / 1000);
  const refusal = new UserError(
    [
      `${found.holder} is shifting traffic now (${intentOf(found)}). No traffic was moved.`,
      `Wait until that shift ends. If it has crashed, its lock expires in ${seconds} s.`,
    ].join("\n"),
  );
  // A time far in the future says nothing about the holder. Only a renewal shows that it lives.
  const unknown = left > 2 * timing.duration;
  if (left > 0 && !unknown) throw refusal;
  if (unknown)
    onNote(`The lock of ${found.holder} has a time in the future. Waiting ${seconds} s for a renewal …`);
  await pause(unknown ? timing.duration : timing.renewEvery * 1.5, signal);
  if ((await store.read())?.version !== found.version) throw refusal;
}

/** Whether the holder of a lease lives, as far as its own clock tells. */
export function isHeld(lease: StoredLease, timing = TIMING): boolean {
  return lease.holder !== "" && timeLeft(lease, timing) > 0;
}

/** How long the lease is still valid, in ms, by its holder's clock. */
function timeLeft({ renewTime, durationSeconds }: StoredLease, { duration }: LeaseTiming): number {
  return Date.parse(renewTime) + Math.min(durationSeconds * 1000, duration) - Date.now();
}

/** What the holder of a lease does, or did. */
function intentOf({ annotations }: StoredLease): string {
  return annotations[INTENT] ?? "unknown";
}
