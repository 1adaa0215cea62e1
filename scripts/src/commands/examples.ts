import type { Command } from "commander";
import { aligned } from "../lib/terminal.ts";

/** A command line, and what it does. */
export type Example = readonly [line: string, effect: string];

/** The examples of each command, by the words that are typed for it. The first is the most common use. */
export type Examples = Readonly<Record<string, readonly Example[]>>;

/**
 * For `--help` and `pnpm commands`. A command with options of a cluster is one for this machine too if an
 * example has `--local`.
 */
export const EXAMPLES: Examples = {
  "": [
    ["pnpm commands", "list every command with an example"],
    ["pnpm dev", "run everything on this machine"],
  ],
  commands: [["pnpm commands", "list all commands"]],
  dev: [
    ["pnpm dev", "run everything on this machine"],
    ["pnpm dev --requests", "with a line for each request"],
    ["pnpm dev --host", "and let other machines of this network reach it"],
  ],
  release: [
    ["pnpm release", "deploy everything"],
    ["pnpm release --dry-run", "print the plan, and what is missing"],
    ["pnpm release --registry localhost:5000 --yes", "without a prompt"],
  ],
  "release:blue": [["pnpm release:blue", "deploy the blue backend, and move no traffic"]],
  "release:green": [
    ["pnpm release:green", "deploy the green backend, and move no traffic"],
    ["pnpm release:green --shift", "and move all traffic to it"],
  ],
  "release:next": [
    ["pnpm release:next --version 13.0", "deploy 13.0 in the colour without traffic"],
    ["pnpm release:next --version 13.0 --shift", "and move all traffic to it"],
  ],
  "release:frontend": [
    ["pnpm release:frontend", "deploy the frontend"],
    ["pnpm release:frontend --color green", "deploy a second one, in green"],
  ],
  "publish:images": [
    ["pnpm publish:images --registry registry.example/team", "build and push all images"],
    ["pnpm publish:images --version 13.0", "the next version of the backend"],
    ["pnpm publish:images --dry-run", "print the plan"],
  ],
  "publish:charts": [
    ["pnpm publish:charts --registry registry.example/team", "push the charts"],
    ["pnpm publish:charts --dry-run", "print the plan"],
  ],
  shift: [
    ["pnpm shift green", "move all traffic to green"],
    ["pnpm shift --green 25", "move a quarter of the traffic to green"],
    ["pnpm shift green --steps 5,25,pause,100", "run a canary that waits at 25 %"],
    ["pnpm shift --green 25 --local", "move traffic of the running pnpm dev"],
  ],
  "shift status": [
    ["pnpm shift status", "weights, observed shares and ready pods"],
    ["pnpm shift status --local", "the same of the running pnpm dev"],
  ],
  "shift history": [
    ["pnpm shift history", "list the finished shifts"],
    ["pnpm shift history --local", "those of the running pnpm dev"],
  ],
  "shift promote": [
    ["pnpm shift promote", "continue a canary after its pause"],
    ["pnpm shift promote --local", "continue that of the running pnpm dev"],
  ],
  "shift abort": [
    ["pnpm shift abort", "return to the weights before the unfinished shift"],
    ["pnpm shift abort --local", "the same in the running pnpm dev"],
  ],
  "shift verify": [
    ["pnpm shift verify green", "prove a shift that a GitOps tool applies"],
    ["pnpm shift verify --green 25 --timeout 10m", "prove a share"],
  ],
  "shift mode": [
    ["pnpm shift mode gateway --class-name traefik", "allow any weight, with a Gateway API controller"],
    ["pnpm shift mode service", "go back to all or nothing"],
  ],
  preview: [
    ["pnpm preview green", "try green before it has traffic"],
    ["pnpm preview green http://echo-backend.demos", "the same at the backend's stable name"],
  ],
  fault: [
    ["pnpm fault green --errors 20 --delay 200ms", "let green fail and slow down"],
    ["pnpm fault green --clear", "end that"],
    ["pnpm fault green --errors 20 --local", "let green of the running pnpm dev fail"],
  ],
  "fault status": [
    ["pnpm fault status", "list the faults of each pod"],
    ["pnpm fault status --local", "list those of the running pnpm dev"],
  ],
  "cluster:kind": [
    ["pnpm cluster:kind", "create a cluster and a registry on this machine"],
    ["pnpm cluster:kind --delete", "remove both"],
  ],
  jumpbox: [
    ["pnpm jumpbox", "send a request to each backend"],
    ["pnpm jumpbox curl http://echo-backend.demos", "run curl in the cluster"],
  ],
  watch: [
    ["pnpm watch", "see who responds behind the frontend"],
    ["pnpm watch --local", "the same at the running pnpm dev"],
    ["pnpm watch http://echo-backend.demos --json", "see the backend's responses as JSON"],
  ],
  load: [
    ["pnpm load", "send 100 requests per second for three minutes"],
    ["pnpm load --rate 300 --duration 10m", "and let an autoscaler react"],
  ],
  open: [
    ["pnpm open", "open the live page at http://127.0.0.1:8088"],
    ["pnpm open --color green --port 0", "that of the green frontend, at any free port"],
  ],
  status: [
    ["pnpm status", "list what is deployed"],
    ["pnpm status --all-namespaces", "see each namespace of a class"],
  ],
  undeploy: [
    ["pnpm undeploy", "remove the releases, and what shifts and tests have left"],
    ["pnpm undeploy --all --yes", "and the ECR repositories and the jumpbox, without a prompt"],
  ],
};

/** A command with the words that are typed for it, such as `shift status`. */
export interface NamedCommand {
  name: string;
  command: Command;
}

/** These commands and their subcommands. */
export function allCommands(commands: readonly Command[], prefix = ""): NamedCommand[] {
  return commands.flatMap((command) => {
    const name = prefix + command.name();
    return [{ name, command }, ...allCommands(command.commands, `${name} `)];
  });
}

/** Ends the help of each command with its examples. The name of the program itself is empty. */
export function addExamples(program: Command, examples: Examples): void {
  for (const { name, command } of [{ name: "", command: program }, ...allCommands(program.commands)])
    command.addHelpText("after", `\nExamples:\n${indented(examples[name] ?? [])}`);
}

function indented(examples: readonly Example[]): string {
  return aligned(examples)
    .map((line) => `  ${line}`)
    .join("\n");
}
