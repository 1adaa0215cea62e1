import * as v from "valibot";
import { UserError } from "../errors.ts";

/** Reads a tool's JSON against what we need of it. @throws {UserError} that names the tool */
export function parseJson<const S extends v.GenericSchema>(
  tool: string,
  schema: S,
  text: string,
): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    throw new UserError(`${tool} answered something unexpected: ${text.slice(0, 200)}`, { cause });
  }
}
