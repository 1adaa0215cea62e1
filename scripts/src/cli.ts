import { Argument, Command, Option } from "commander";
import { DEFAULT_NAMESPACE, SERVICES } from "./names.ts";
import { COLORS } from "./versions.ts";
import { dev } from "./dev/dev.ts";
import { jumpbox } from "./commands/jumpbox.ts";
import { open } from "./commands/open.ts";
import { status } from "./commands/status.ts";
import { undeploy } from "./commands/undeploy.ts";
import { clusterKind } from "./kind/kind.ts";
import { load, parseRate } from "./load/load.ts";
import { changeMode } from "./shift/mode.ts";
import { parseDuration, parseLimit, parseSteps } from "./shift/plan.ts";
import { shift, SHIFT_DEFAULTS } from "./shift/shift.ts";
import { shiftStatus } from "./shift/status.ts";
import { type Mode, MODES } from "./traffic/stable-name.ts";
import { watch } from "./watch/watch.ts";
import { releaseAll, releaseBackend, releaseFrontend } from "./release/release.ts";

export const program = new Command("pnpm")
  .description("Blue/green deployment of the echo services")
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError("(give --help for what is allowed)")
  .showSuggestionAfterError();

function clusterCommand(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option("-n, --namespace <name>", "namespace of the services", DEFAULT_NAMESPACE)
    .option("--context <name>", "context of the kubeconfig (default: the current one)");
}

function releaseCommand(name: string, description: string): Command {
  return clusterCommand(name, description)
    .option("--registry <host>", "registry to push to (default: EKS_ECR_REGISTRY)")
    .option("--recreate", "delete the ECR repository with all its images first")
    .option("--no-sign", "do not sign the images, where cosign is installed")
    .option("--dry-run", "print the plan and change nothing")
    .option("-y, --yes", "do not ask");
}

program
  .command("dev")
  .description("run blue, green and the frontend here, rebuilt on change")
  .action(() => dev());

releaseCommand("release", "build, push, deploy and verify everything").action(releaseAll);
for (const color of COLORS)
  releaseCommand(`release:${color}`, `build, push, deploy and verify the ${color} backend`)
    .option("--shift", "then shift all traffic to it, and back where it does not do well")
    .action((options) => releaseBackend(color, options));
releaseCommand("release:frontend", "build, push, deploy and verify the frontend")
  .addOption(new Option("--color <color>", "colour to deploy it as").choices(COLORS).default("blue"))
  .option("--backend <url>", "URL that it asks (default: as it is; none at first)")
  .action(releaseFrontend);

const shiftCommand = clusterCommand("shift", "move traffic between the colours, and touch nothing else")
  .addArgument(new Argument("[color]", "the colour that gets all of it").choices(COLORS))
  .option("--blue <percent>", "the share that blue gets")
  .option("--green <percent>", "the share that green gets")
  .addOption(
    new Option("--service <name>", "whose traffic").choices(SERVICES).default(SHIFT_DEFAULTS.service),
  )
  .addOption(
    new Option("--steps <list>", "a canary: rising shares, such as 5,25,50,100").argParser(parseSteps),
  )
  .addOption(
    new Option("--interval <time>", "how long to watch each step")
      .argParser(parseDuration)
      .default(SHIFT_DEFAULTS.interval, "10s"),
  )
  .addOption(
    new Option("--max-error-rate <percent>", "failed requests of the canary")
      .argParser(parseLimit)
      .default(1),
  )
  .addOption(
    new Option("--max-p99-ratio <number>", "the canary's p99 over the other's")
      .argParser(parseLimit)
      .default(SHIFT_DEFAULTS.maxP99Ratio),
  )
  .addOption(
    new Option("--on-interrupt <what>", "after Ctrl-C")
      .choices(["restore", "hold"])
      .default(SHIFT_DEFAULTS.onInterrupt),
  )
  .option("--local", "the running pnpm dev instead of a cluster")
  .action(shift);
// Their cluster and service options are those of `shift` itself, before or after the word.
shiftCommand
  .command("status")
  .description("weights, the observed share and ready pods, by colour")
  .option("--json", "as JSON")
  .action((_options, command: Command) => shiftStatus(command.optsWithGlobals()));
shiftCommand
  .command("mode")
  .description("change how the stable name leads to the colours")
  .addArgument(new Argument("<mode>", "service: all or nothing; gateway, mesh: any weight").choices(MODES))
  .option("--class-name <name>", "mode gateway: the GatewayClass")
  .option("--address <dns name>", "mode gateway: DNS name of the controller's Service")
  .option("-y, --yes", "do not ask")
  .action((mode: Mode, _options, command: Command) => changeMode(mode, command.optsWithGlobals()));

program
  .command("cluster:kind")
  .description("make a kind cluster on this machine, with a registry at localhost:5000 that it pulls from")
  .option("--delete", "remove both, with all that is in them")
  .option("--dry-run", "print the plan and change nothing")
  .action(clusterKind);

clusterCommand("jumpbox", "run a command in the jumpbox, or curl both backends")
  .argument("[command...]", "the command and its arguments, after --")
  .action(jumpbox);
clusterCommand("watch", "ask a URL every 0.25 s through the jumpbox, with shares by version and status")
  .addArgument(new Argument("[url]", "what to ask (default: the blue frontend)"))
  .option("--json", "one line of JSON for each answer, and for the summary")
  .action(watch);
clusterCommand("load", "load a frontend from the jumpbox, and show how it scales: replicas, CPU and rate")
  .addArgument(new Argument("[url]", "what to ask (default: the frontend itself)"))
  .addOption(new Option("--color <color>", "which frontend").choices(COLORS).default("blue"))
  .addOption(new Option("--rate <number>", "requests a second").argParser(parseRate).default(100))
  .addOption(new Option("--duration <time>", "for how long").argParser(parseDuration).default(180_000, "3m"))
  .action(load);
clusterCommand("open", "forward a port to the deployed frontend, for its live page")
  .addOption(new Option("--color <color>", "which frontend").choices(COLORS).default("blue"))
  .option("--port <number>", "port on this machine (0: any free one)", "8088")
  .action(open);
clusterCommand("status", "images, helm releases, deployments and services")
  .option("--registry <host>", "registry to look into (default: EKS_ECR_REGISTRY)")
  .action(status);
clusterCommand("undeploy", "remove the helm releases")
  .option("--all", "the ECR repositories and the jumpbox too")
  .option("--registry <host>", "registry of the repositories (default: EKS_ECR_REGISTRY)")
  .option("-y, --yes", "do not ask")
  .action(undeploy);
