import type { Command, Option } from "commander";
import { type Color, COLORS } from "../domain/color.ts";
import { DEFAULT_WORKLOADS, type Workload, workload } from "../domain/workload.ts";
import { backend, color, platforms, version } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import type { PublishChartsOptions } from "../release/publish-charts.ts";
import type { PublishImagesOptions } from "../release/publish-images.ts";
import type { ReleaseOptions } from "../release/prepare.ts";
import type { UndeployOptions } from "../release/undeploy.ts";
import type { PlannedShift } from "../traffic/planned-shift.ts";
import { clusterCommand, fromOption, option, registryOf, registryOption, rejectIdle } from "./options.ts";
import { SHIFT_DEFAULTS } from "./shift.ts";

type Options = Omit<ReleaseOptions, "workloads" | "liveReleases" | "planShift" | "shiftRights">;

export function addRelease(program: Command, context: Context): void {
  releaseCommand(program, "release", "everything").action(async (options: Options) => {
    await release(DEFAULT_WORKLOADS, { ...options, traffic: true }, context);
  });

  for (const name of COLORS)
    addBackend(program, context, `release:${name}`, `the ${name} backend`, (tag) => [
      workload("echo-backend", name, tag),
    ]);
  addBackend(program, context, "release:next", "the colour without traffic", (tag) => async (cluster) => {
    const { idleColor } = await import("../traffic/idle-color.ts");
    return [workload("echo-backend", await idleColor("echo-backend", cluster), tag)];
  });

  releaseCommand(program, "release:frontend", "the frontend")
    .addOption(versionOption())
    .addOption(option("--color <color>", "colour of the frontend", color, "blue"))
    .addOption(option("--backend <url>", "URL of its backend (default: as it is; none at first)", backend))
    .action(
      async ({ color: name, version: tag, ...options }: Options & { color: Color; version?: string }) => {
        await release([workload("echo-frontend", name, tag)], options, context);
      },
    );
}

/** A command that releases. */
function releaseCommand(program: Command, name: string, what: string): Command {
  return clusterCommand(program, name, `build, push, deploy and verify ${what}`)
    .addOption(registryOption("registry to push to"))
    .addOption(fromOption())
    .addOption(
      option("--platform <list>", "platforms of the images (default: those of the nodes)", platforms),
    )
    .option("--recreate", "delete the ECR repository with all its images first")
    .option("--no-sign", "do not sign the images, even if cosign is installed")
    .option("--dry-run", "print the plan and change nothing")
    .option("-y, --yes", "skip the prompt")
    .hook("preAction", (_, command) => {
      const { from }: Options = command.opts();
      rejectIdle(command, from === undefined ? [] : BUILD_OPTIONS, "with --from");
    });
}

/** The options that a release without a build has no use for. */
const BUILD_OPTIONS = ["registry", "platform", "recreate", "sign"];

function versionOption(): Option {
  return option("--version <tag>", "its version (default: as services/versions.json)", version);
}

/** Adds a command that releases the backend of one colour. @param workloadsOf the backend with a version */
function addBackend(
  program: Command,
  context: Context,
  name: string,
  what: string,
  workloadsOf: (tag?: string) => ReleaseOptions["workloads"],
): void {
  releaseCommand(program, name, what)
    .addOption(versionOption())
    .option("--shift", "then shift all traffic to it, and back if it is not good enough")
    .action(async ({ shift, version: tag, ...options }: Options & { shift?: boolean; version?: string }) => {
      const [released] = await release(workloadsOf(tag), options, context, shift ? shiftTo : undefined);
      if (shift && released && !options.dryRun)
        await (await import("../traffic/shift.ts")).shift({ ...options, ...shiftTo(released) }, context);
    });
}

export function addPublish(program: Command, context: Context): void {
  const add = (name: string, what: string) =>
    program
      .command(name)
      .description(what)
      .addOption(registryOption("registry to push to"))
      .option("--dry-run", "print the plan and change nothing");

  add("publish:images", "build the images for amd64 and arm64, push and sign them")
    .addOption(
      option("--version <tag>", "the backend alone, with this version (default: all images)", version),
    )
    .option("--no-sign", "do not sign the images, even if cosign is installed")
    .action(async (options: PublishImagesOptions) => {
      const { publishImages } = await import("../release/publish-images.ts");
      await publishImages({ ...options, registry: registryOf(options, context) }, context);
    });

  add("publish:charts", "push the charts as OCI artifacts").action(async (options: PublishChartsOptions) => {
    const { publishCharts } = await import("../release/publish-charts.ts");
    await publishCharts({ ...options, registry: registryOf(options, context) }, context);
  });
}

export function addUndeploy(program: Command, context: Context): void {
  clusterCommand(program, "undeploy", "remove what these commands have created in the namespace")
    .option("--all", "the ECR repositories and the jumpbox too")
    .addOption(registryOption("registry of the repositories"))
    .option("-y, --yes", "skip the prompt")
    .action(async (options: Omit<UndeployOptions, "findShift">, command: Command) => {
      rejectIdle(command, options.all ? [] : ["registry"], "without --all");
      const registry = registryOf(options, context);
      const { undeploy } = await import("../release/undeploy.ts");
      const { findShift } = await import("../traffic/running-shift.ts");
      await undeploy({ ...options, registry, findShift }, context);
    });
}

async function release(
  workloads: ReleaseOptions["workloads"],
  options: Options,
  context: Context,
  /** The shift that follows. */
  shiftOf?: (released: Workload) => PlannedShift,
): Promise<readonly Workload[]> {
  const { release: execute } = await import("../release/release.ts");
  const { liveReleases } = await import("../traffic/live-releases.ts");
  const { planTitles } = await import("../traffic/planned-shift.ts");
  const { SHIFT_NEEDS } = await import("../traffic/rights.ts");
  const pushTo = options.from === undefined ? registryOf(options, context) : undefined;
  const planShift: ReleaseOptions["planShift"] =
    shiftOf &&
    (async (cluster, chosen) =>
      (await Promise.all(chosen.map((released) => planTitles(shiftOf(released), cluster)))).flat());
  const shiftRights = shiftOf && SHIFT_NEEDS.rights;
  return execute({ ...options, workloads, registry: pushTo, liveReleases, planShift, shiftRights }, context);
}

/** A canary with a single step, so that a bad version is rolled back. */
function shiftTo({ service, color: name }: Workload): PlannedShift {
  const { service: _, onInterrupt, interval: intervalMs, ...limits } = SHIFT_DEFAULTS;
  const canary = { ...limits, intervalMs, steps: [100] };
  return { service, onInterrupt, target: { color: name, percent: 100 }, canary };
}
