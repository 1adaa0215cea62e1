import { once } from "node:events";
import { emitKeypressEvents } from "node:readline";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { keyBindings } from "../../src/dev/key-bindings.ts";
import { createKeyReader, describeKeys, type KeyBinding, summarizeKeys } from "../../src/dev/keys.ts";
import { allOn, weightsOf } from "../../src/domain/weights.ts";

/** Bindings whose actions are recorded. */
function recordingBindings() {
  const done: unknown[] = [];
  const record = (action: string) => () => void done.push(action);
  const bindings = keyBindings({
    setWeights: (weights) => void done.push(weights),
    cycleFault: (name) => void done.push(name),
    restartEnded: record("restart"),
    toggleRequests: record("requests"),
    printOverview: record("overview"),
    printKeys: record("keys"),
    quit: record("quit"),
  });
  return { bindings, done };
}

/** Types what a terminal sends. @returns what was done, and the last message */
async function type(...inputs: string[]) {
  const { bindings, done } = recordingBindings();
  const said: string[] = [];
  const quit = () => void done.push("Ctrl-C");
  const input = new PassThrough();
  emitKeypressEvents(input);
  input.on("keypress", createKeyReader(bindings, { say: (message) => void said.push(message), quit }));
  for (const text of inputs) input.write(text);
  // Only then has the last Esc arrived, because it could begin a longer sequence.
  input.end("\u001B");
  await once(input, "end");
  return { done, message: said.findLast((each) => each !== "") ?? "" };
}

const paste = (text: string) => `\u001B[200~${text}\u001B[201~`;

test("each key does what the list says", async () => {
  const { done, message } = await type("b", "g", "3", "0", "e", "d", "r", "l", "o", "?", "h", "q", "\u0003");
  const shares = [allOn("blue"), allOn("green"), weightsOf("green", 30), allOn("blue")];
  expect(done).toEqual([
    ...shares,
    "errors",
    "delayMs",
    "restart",
    "requests",
    "overview",
    "keys",
    "keys",
    "quit",
    "Ctrl-C",
  ]);
  expect(message).toBe("");
});

test.each([
  ["x", '"x"'],
  ["B", '"B"'],
  ["\t", '"tab"'],
  ["\u001B[A", '"up"'],
  ["\u001Bb", '"b"'],
  ["\u0002", "Ctrl-B"],
  ["\u009B", '"pressed"'],
])("an unknown key %j says so, and nothing else happens", async (input, name) => {
  const { done, message } = await type(input);
  expect(done).toEqual([]);
  expect(message).toBe(`Unknown key ${name}: press Enter or Esc, then ? for the list of keys.`);
});

const COMMAND = "pnpm shift --local --green 25";

test.each([
  ["typed", COMMAND.split("")],
  ["typed, and corrected", [...COMMAND.split(""), "\u007F", "\u001B[D", "0"]],
  ["typed, with Enter", [...COMMAND.split(""), "\r"]],
  ["pasted without marks", [`${COMMAND}\n`]],
  ["pasted", [paste(COMMAND)]],
  ["pasted with its line break", [paste(`${COMMAND}\n`)]],
  ["pasted as the second of two lines", [paste(`echo\n${COMMAND}\n`)]],
  ["pasted in parts", ["\u001B[200~git ", "status\r", "g\u001B", "[201~"]],
  ["pasted after an unknown key", ["x", paste(`\n${COMMAND}\n`)]],
])("a command that is %s moves nothing", async (_how, inputs) => {
  const { done, message } = await type(...inputs);
  expect(done).toEqual([]);
  expect(message).not.toBe("");
});

test.each(["return", "enter", "escape"])("after an unknown key, %s makes the keys work again", (name) => {
  const { bindings, done } = recordingBindings();
  const read = createKeyReader(bindings, { say: () => undefined, quit: () => undefined });
  read("x", { name: "x" });
  read("g", { name: "g" });
  expect(done).toEqual([]);
  read(undefined, { name });
  read("g", { name: "g" });
  expect(done).toEqual([allOn("green")]);
});

test("Ctrl-C quits after an unknown key and during a paste that has no end", async () => {
  expect((await type("x\u0003")).done).toEqual(["Ctrl-C"]);
  expect((await type("\u001B[200~x\u0003")).done).toEqual(["Ctrl-C"]);
});

test("the list and the footer name each key once", () => {
  const { bindings } = recordingBindings();
  const keys = bindings.flatMap((binding) => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
  const list = describeKeys(bindings).split("\n");
  expect(list).toContain("  b       move all traffic to blue");
  expect(list.at(-1)).toBe("  Ctrl-C  quit");
  expect(list).toHaveLength(bindings.length + 2);
  const binding: KeyBinding = { keys: ["z"], label: "z", description: "", press: () => undefined };
  expect(summarizeKeys([{ ...binding, short: "one" }, binding, { ...binding, short: "two" }])).toBe(
    "z one · z two",
  );
});
