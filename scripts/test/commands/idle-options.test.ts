import { expect, test } from "vitest";
import { createProgram } from "../../src/commands/program.ts";
import { CONTEXT } from "../support/context.ts";
import { fixtureTools } from "../support/tools.ts";

/** Runs a command in this process. @returns the message of its error, and the calls to tools before it */
async function run(args: readonly string[]) {
  const calls = fixtureTools({ helm: [], kubectl: [], docker: [] });
  const failure: unknown = await createProgram(CONTEXT)
    .parseAsync([...args], { from: "user" })
    .catch((error: unknown) => error);
  return { message: failure instanceof Error ? failure.message : "", calls: calls() };
}

/** Each option of `pnpm shift`, as the user types it. */
const SHIFT_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  "--namespace": ["other"],
  "--context": ["other"],
  "--jumpbox-image": ["other"],
  "--blue": ["5"],
  "--green": ["5"],
  "--service": ["echo-frontend"],
  "--steps": ["5,100"],
  "--interval": ["5s"],
  "--max-error-rate": ["1"],
  "--max-p99-ratio": ["3"],
  "--prometheus": ["http://localhost:9090"],
  "--min-requests": ["50"],
  "--on-interrupt": ["hold"],
  "--min-ready": ["2"],
  "--reason": ["why"],
  "--local": [],
  "--dry-run": [],
  "--print-values": [],
  "--json": [],
};

/** The options of `pnpm shift` that have an effect in each subcommand. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  status: ["--namespace", "--context", "--jumpbox-image", "--local", "--service", "--json"],
  history: ["--namespace", "--context", "--jumpbox-image", "--local", "--json"],
  promote: [
    "--namespace",
    "--context",
    "--jumpbox-image",
    "--local",
    "--json",
    "--dry-run",
    "--on-interrupt",
    "--min-ready",
  ],
  abort: ["--namespace", "--context", "--jumpbox-image", "--local", "--json", "--dry-run"],
  verify: ["--namespace", "--context", "--jumpbox-image", "--blue", "--green", "--service", "--json"],
  mode: ["--namespace", "--context", "--jumpbox-image"],
};

const shift = createProgram(CONTEXT).commands.find((command) => command.name() === "shift");

test("the tables below have every option and subcommand of pnpm shift", () => {
  expect(Object.keys(SHIFT_OPTIONS)).toEqual(shift?.options.map(({ long }) => long));
  expect(Object.keys(TAKEN).toSorted()).toEqual(shift?.commands.map((command) => command.name()).toSorted());
});

const idle = Object.entries(TAKEN).flatMap(([name, taken]) =>
  Object.keys(SHIFT_OPTIONS)
    .filter((option) => !taken.includes(option))
    .map((option) => ({ name, option })),
);

test.each(idle)("pnpm shift $name rejects $option, which has no effect", async ({ name, option }) => {
  const values = SHIFT_OPTIONS[option] ?? [];
  const { message, calls } = await run([
    "shift",
    name,
    ...(name === "mode" ? ["gateway"] : []),
    option,
    ...values,
  ]);
  expect(message).toBe(`Invalid option ${option}: it has no effect with pnpm shift ${name}.`);
  expect(calls).toEqual([]);
});

test.each([
  ...["--interval", "--max-error-rate", "--max-p99-ratio", "--prometheus", "--min-requests"].map(
    (option) => ({
      args: ["shift", "green", option, ...(SHIFT_OPTIONS[option] ?? [])],
      reason: `Invalid option ${option}: it has no effect without --steps.`,
    }),
  ),
  ...["green", "status", "history", "promote", "abort"].flatMap((word) =>
    ["--namespace", "--context", "--jumpbox-image"].map((option) => ({
      args: ["shift", word, "--local", option, "other"],
      reason: `Invalid option ${option}: it has no effect with --local.`,
    })),
  ),
  ...["green", "status"].map((word) => ({
    args: ["shift", word, "--local", "--service", "echo-frontend"],
    reason: "Invalid option --service: it has no effect with --local.",
  })),
  {
    args: ["shift", "green", "--local", "--steps", "5,100", "--prometheus", "http://localhost:9090"],
    reason: "Invalid option --prometheus: it has no effect with --local.",
  },
  {
    args: ["shift", "green", "--steps", "5,100", "--min-requests", "50"],
    reason: "Invalid option --min-requests: it has no effect without --prometheus.",
  },
  {
    args: ["shift", "green", "--local", "--min-ready", "2"],
    reason: "Invalid option --min-ready: it has no effect with --local.",
  },
  ...["--steps", "--namespace", "--dry-run", "--json", "--reason", "--local"].map((option) => ({
    args: ["shift", "green", "--print-values", option, ...(SHIFT_OPTIONS[option] ?? [])],
    reason: `Invalid option ${option}: it has no effect with --print-values.`,
  })),
  ...["--class-name", "--address"].map((option) => ({
    args: ["shift", "mode", "service", option, "traefik"],
    reason: `Invalid option ${option}: it has no effect in mode service.`,
  })),
  {
    args: ["shift", "mode", "service", "--timeout", "5s"],
    reason: "--timeout: it has no effect in mode service.",
  },
  {
    args: ["shift", "mode", "gateway", "--drain", "5s"],
    reason: "--drain: it has no effect in mode gateway.",
  },
  ...["--namespace", "--context", "--jumpbox-image"].map((option) => ({
    args: ["watch", "--local", option, "other"],
    reason: `Invalid option ${option}: it has no effect with --local.`,
  })),
  ...["--namespace", "--jumpbox-image", "--registry"].map((option) => ({
    args: ["status", "--all-namespaces", option, "other"],
    reason: `Invalid option ${option}: it has no effect with --all-namespaces.`,
  })),
  {
    args: ["undeploy", "--registry", "localhost:5000"],
    reason: "--registry: it has no effect without --all.",
  },
])("pnpm $args is rejected before any tool is called", async ({ args, reason }) => {
  const { message, calls } = await run(args);
  expect(message).toContain(reason);
  expect(calls).toEqual([]);
});
