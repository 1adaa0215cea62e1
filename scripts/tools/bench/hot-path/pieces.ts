import type { ServiceName } from "../../../src/names.ts";

/** A part of the services that is written by hand for speed. */
export interface Piece {
  name: string;
  /** The library call, or the plain way, that it replaces. */
  library: string;
  /** The service that it is measured in. */
  service: ServiceName;
}

/** Compares the shipped bundle with a second build of itself: what a saving of zero looks like on this machine. */
export const CONTROL = "control";

export const PIECES: readonly Piece[] = [
  { name: CONTROL, library: "none: the same code twice", service: "echo-backend" },
];
