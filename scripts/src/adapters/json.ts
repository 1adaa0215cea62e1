import * as v from "valibot";
import { UserError } from "../lib/errors.ts";

/** Reads the JSON output of a tool with a schema of what we need. @throws {UserError} that names the tool */
export function parseJson<const S extends v.GenericSchema>(
  tool: string,
  schema: S,
  text: string,
): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    throw new UserError(`Unexpected output of ${tool}: ${text.slice(0, 200)}`, { cause });
  }
}
