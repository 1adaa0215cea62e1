import type { Command } from "commander";
import type { Cluster } from "../adapters/cluster.ts";
import { type Color, COLORS } from "../domain/color.ts";
import { type Workload, workload } from "../domain/workload.ts";
import { backend, color } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import type { PublishChartsOptions } from "../release/publish-charts.ts";
import type { PublishImagesOptions } from "../release/publish-images.ts";
import type { ReleaseOptions } from "../release/release.ts";
import type { UndeployOptions } from "../release/undeploy.ts";
import type { PlannedShift } from "../traffic/planned-shift.ts";
import { clusterCommand, fromOption, option, registryOf, registryOption, rejectIdle } from "./options.ts";
import { SHIFT_DEFAULTS } from "./shift.ts";

type Options = Omit<ReleaseOptions, "workloads" | "liveReleases" | "planShift">;

export function addRelease(program: Command, context: Context): void {
  const add = (name: string, what: string) =>
    clusterCommand(program, name, `build, push, deploy and verify ${what}`)
      .addOption(registryOption("registry to push to"))
      .addOption(fromOption())
      .option("--recreate", "delete the ECR repository with all its images first")
      .option("--no-sign", "do not sign the images, even if cosign is installed")
      .option("--dry-run", "print the plan and change nothing")
      .option("-y, --yes", "skip the prompt")
      .hook("preAction", (_, command) => {
        const { from }: Options = command.opts();
        rejectIdle(command, from === undefined ? [] : ["registry", "recreate", "sign"], "with --from");
      });

  add("release", "everything").action((options: Options) => {
    const backends = COLORS.map((name) => workload("echo-backend", name));
    return release([...backends, workload("echo-frontend", "blue")], { ...options, traffic: true }, context);
  });

  for (const name of COLORS)
    add(`release:${name}`, `the ${name} backend`)
      .option("--shift", "then shift all traffic to it, and back if it is not good enough")
      .action(async ({ shift, ...options }: Options & { shift?: boolean }) => {
        const request = shift ? shiftTo(name) : undefined;
        await release([workload("echo-backend", name)], options, context, request);
        if (request && !options.dryRun)
          await (await import("../traffic/shift.ts")).shift({ ...options, ...request }, context);
      });

  add("release:frontend", "the frontend")
    .addOption(option("--color <color>", "colour of the frontend", color, "blue"))
    .addOption(option("--backend <url>", "URL of its backend (default: as it is; none at first)", backend))
    .action(({ color: name, ...options }: Options & { color: Color }) =>
      release([workload("echo-frontend", name)], options, context),
    );
}

export function addPublish(program: Command, context: Context): void {
  const add = (name: string, what: string) =>
    program
      .command(name)
      .description(what)
      .addOption(registryOption("registry to push to"))
      .option("--dry-run", "print the plan and change nothing");

  add("publish:images", "build all images for amd64 and arm64, push and sign them")
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
  clusterCommand(program, "undeploy", "remove the helm releases")
    .option("--all", "the ECR repositories and the jumpbox too")
    .addOption(registryOption("registry of the repositories"))
    .option("-y, --yes", "skip the prompt")
    .action(async (options: UndeployOptions, command: Command) => {
      rejectIdle(command, options.all ? [] : ["registry"], "without --all");
      const registry = registryOf(options, context);
      await (await import("../release/undeploy.ts")).undeploy({ ...options, registry }, context);
    });
}

async function release(
  workloads: readonly Workload[],
  options: Options,
  context: Context,
  shift?: PlannedShift,
): Promise<void> {
  const { release: execute } = await import("../release/release.ts");
  const { liveReleases } = await import("../traffic/traffic-release.ts");
  const { planTitles } = await import("../traffic/planned-shift.ts");
  const pushTo = options.from === undefined ? registryOf(options, context) : undefined;
  const planShift = shift && ((cluster: Cluster) => planTitles(shift, cluster));
  await execute({ ...options, workloads, registry: pushTo, liveReleases, planShift }, context);
}

/** A canary with a single step, so that a bad version is rolled back. */
function shiftTo(name: Color): PlannedShift {
  const { service, onInterrupt, interval: intervalMs, ...limits } = SHIFT_DEFAULTS;
  const canary = { ...limits, intervalMs, steps: [100] };
  return { service, onInterrupt, target: { color: name, percent: 100 }, canary };
}
