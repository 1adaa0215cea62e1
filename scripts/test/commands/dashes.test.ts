import { expect, test } from "vitest";
import { withoutDashes } from "../../src/commands/dashes.ts";
import { createProgram } from "../../src/commands/program.ts";
import { CONTEXT } from "../support/context.ts";

test.each([
  ["shift -- --green 30", "shift --green 30"],
  ["shift -- status -- --json", "shift status --json"],
  ["jumpbox -- curl -- x", "jumpbox curl -- x"],
  ["watch --json", "watch --json"],
  ["shift green --", "shift green --"],
  ["unknown -- x", "unknown -- x"],
  ["", ""],
])("%j is read as %j", (typed, read) => {
  const words = typed === "" ? [] : typed.split(" ");
  expect(withoutDashes(createProgram(CONTEXT), words).join(" ")).toBe(read);
});
