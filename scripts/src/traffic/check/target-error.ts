import { UserError } from "../../lib/errors.ts";

/** A colour cannot take traffic. */
export class TargetError extends UserError {
  override name = "TargetError";
}
