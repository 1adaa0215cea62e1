import { once } from "node:events";
import { readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../src/lib/paths.ts";

const DOCKERFILE = readFileSync(`${ROOT}docker/Dockerfile`, "utf8");
const Words = v.pipe(v.string(), v.parseJson(), v.array(v.string()));

/** The arguments of the instruction that begins with `start`, in its JSON form. */
function words(start: string): string[] {
  const line = DOCKERFILE.split("\n").find((each) => each.startsWith(start)) ?? "";
  return v.parse(Words, line.slice(line.indexOf("[")));
}

const [NODE, ...ENTRYPOINT] = words("ENTRYPOINT [");

describe("the Dockerfile", () => {
  test("names each base image once, in an argument, so that a digest can pin it", () => {
    const args = [...DOCKERFILE.matchAll(/^ARG (?<name>\w+_IMAGE)=(?<image>\S+)$/gm)];
    const names = args.map(({ groups }) => groups?.name ?? "");
    expect(names).toEqual(["BUILD_IMAGE", "RUNTIME_IMAGE"]);
    const stages = Array.from(DOCKERFILE.matchAll(/^FROM .* AS (\w+)$/gm), ([, stage]) => stage);
    const bases = Array.from(DOCKERFILE.matchAll(/^FROM (?:--\S+ )?(\S+)/gm), ([, base]) => base);
    const known = new Set([...stages, ...names.map((name) => `\${${name}}`)]);
    expect(bases.filter((base) => !known.has(base))).toEqual([]);
    for (const { groups } of args) expect(DOCKERFILE.split(groups?.image ?? "")).toHaveLength(2);
  });

  test("compiles the code with the flags of the entrypoint: with others, Node does not use the result", () => {
    const [node, script, ...rest] = words('RUN ["/usr/local/bin/node"');
    expect({ node, script }).toEqual({ node: NODE, script: "/compile-cache.mjs" });
    expect(rest).toEqual(ENTRYPOINT);
  });
});

/** Runs a program with these flags of Node. @returns its output */
async function outputOf(flags: readonly string[], program: string): Promise<string> {
  const node = spawn(process.execPath, [...flags, "--inspect-port=0", "--eval", program]);
  let output = "";
  node.stdout.on("data", (data) => (output += String(data)));
  node.stderr.on("data", (data) => (output += String(data)));
  await once(node, "close");
  return output;
}

test("SIGUSR1 starts no debugger in the image", async () => {
  const signal = 'process.kill(process.pid, "SIGUSR1");';
  const url = 'require("node:inspector").url()';
  // Node itself starts one, and the program ends when it listens.
  const control = `${signal} const end = setInterval(() => { if (${url}) process.exit(); }, 10);`;
  expect(await outputOf([], control)).toContain("Debugger listening");
  const program = `${signal} setTimeout(() => console.log(${url} ?? "closed"), 500);`;
  expect(await outputOf(ENTRYPOINT.slice(0, -1), program)).toBe("closed\n");
});
