import { expect, test } from "vitest";
import { readLesson } from "./lesson.ts";

const page = (...lines: string[]) => lines.join("\n");
const block = (language: string, ...lines: string[]) => page(`\`\`\`${language}`, ...lines, "```");

test("reads commands with their outputs, by part, heading and terminal", () => {
  const text = page(
    "## Part",
    "### Start",
    block("bash", "# Second terminal", "pnpm dev"),
    block("text", "Building …"),
    "### Try",
    block("bash", "export A=1"),
    block("json", "{}"),
    block("bash", "curl x", "curl y"),
    block("text", "x", "y"),
    block("text", "# Second terminal, after Ctrl-C", "Stopping …"),
  );
  const common = { part: "Part", terminal: undefined, interrupt: false };
  expect(readLesson(text)).toEqual([
    {
      ...common,
      ...{ line: 3, heading: "Start", terminal: "Second", commands: "pnpm dev", output: ["Building …"] },
    },
    { ...common, line: 11, heading: "Try", commands: "export A=1", output: [] },
    { ...common, line: 17, heading: "Try", commands: "curl x\ncurl y", output: ["x", "y"] },
    {
      ...common,
      ...{ line: 25, heading: "Try", terminal: "Second", interrupt: true },
      ...{ commands: undefined, output: ["Stopping …"] },
    },
  ]);
});

test.each([
  { what: "an output without commands", text: block("text", "a") },
  {
    what: "two outputs of the same commands",
    text: page(block("bash", "a"), block("text", "a"), block("text", "b")),
  },
  { what: "a block without an end", text: "```bash\npnpm dev" },
])("rejects $what", ({ text }) => {
  expect(() => readLesson(text)).toThrow(/line \d+/);
});
