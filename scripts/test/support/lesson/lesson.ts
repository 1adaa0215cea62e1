/** What a lesson does next: run commands, or look at a terminal in which something still runs. */
export interface Step {
  /** Where the page has it, for an error. */
  line: number;
  /** The headings above it: that of the page's part, and the nearest one. */
  part: string;
  heading: string;
  /** `Second` or `Third`: it keeps running there. Undefined: the terminal of all other commands. */
  terminal: string | undefined;
  /** Undefined if the page only shows what a terminal prints next. */
  commands: string | undefined;
  /** Whether Ctrl-C comes first. */
  interrupt: boolean;
  /** The lines that the page shows. Commands without an output on the page print nothing; in a terminal it does not matter. */
  output: string[];
}

/** The first line of a block that belongs to another terminal. */
const TERMINAL = /^# (Second|Third) terminal(, after Ctrl-C)?$/;
const HEADING = /^(#{2,6}) (.*)$/;
const FENCE = /^```(\w*)$/;

/** Reads a page whose `bash` blocks are commands, and whose `text` blocks are the output of the block before. */
export function readLesson(page: string): Step[] {
  const steps: Step[] = [];
  const lines = page.split("\n");
  let part = "";
  let heading = "";
  for (let index = 0; index < lines.length; index++) {
    const [, level = "", title = ""] = HEADING.exec(lines[index] ?? "") ?? [];
    if (level !== "") heading = title;
    if (level === "##") part = title;
    const [fence, language] = FENCE.exec(lines[index] ?? "") ?? [];
    if (fence === undefined) continue;
    const line = index + 1;
    const end = lines.indexOf("```", line);
    if (end === -1) throw new Error(`The block at line ${line} has no end.`);
    const block = { line, part, heading, ...readLabel(lines.slice(line, end)) };
    if (language === "bash") steps.push(commandsOf(block));
    if (language === "text") addOutput(block, steps);
    index = end;
  }
  return steps;
}

interface Block extends Pick<Step, "line" | "part" | "heading" | "terminal" | "interrupt"> {
  content: string[];
}

/** The terminal of a block, and its lines without the label. */
function readLabel(content: string[]): Pick<Block, "terminal" | "interrupt" | "content"> {
  const [label, terminal, interrupt] = TERMINAL.exec(content[0] ?? "") ?? [];
  return {
    terminal,
    interrupt: interrupt !== undefined,
    content: label === undefined ? content : content.slice(1),
  };
}

function commandsOf({ content, ...block }: Block): Step {
  return { ...block, commands: content.join("\n"), output: [] };
}

/** Adds an output to the commands before it, or as a step if it belongs to a terminal. */
function addOutput({ content, ...block }: Block, steps: Step[]): void {
  if (block.terminal !== undefined) {
    steps.push({ ...block, commands: undefined, output: content });
    return;
  }
  const last = steps.at(-1);
  if (!last || last.commands === undefined || last.output.length > 0)
    throw new Error(
      `The output at line ${block.line} belongs to no commands: expected a bash block before it.`,
    );
  last.output = content;
}
