import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { workload } from "../src/domain/workload.ts";
import { cli } from "./support/commands.ts";
import { eventuallyPods } from "./support/scheduling.ts";
import { FRONTEND, prepare, resetWorkload, setValues, uninstall } from "./support/state.ts";
import { cluster, curl, NAMESPACE, url } from "./support/system.ts";

const GREEN = workload("echo-backend", "green");
const DEPLOYMENT = `deployment/${GREEN.name}`;
const Container = v.object({ image: v.string(), env: v.array(v.object({ name: v.string() })) });
const Deployment = v.object({
  spec: v.object({
    replicas: v.number(),
    template: v.object({ spec: v.object({ containers: v.tuple([Container]) }) }),
  }),
  status: v.object({ readyReplicas: v.optional(v.number(), 0) }),
});

beforeAll(() => prepare());
// The command has restored fields of it. helm 4 would then refuse to change them without --force-conflicts.
afterAll(() => uninstall(GREEN.name));

async function kubectl(...args: string[]): Promise<void> {
  await cluster.kubectl.run([...args, "-n", NAMESPACE]);
}

function read(name: string) {
  return cluster.kubectl.get(Deployment, ["deployment", name, "-n", NAMESPACE]);
}

/** Releases a workload and returns what the command printed. */
async function release(command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await cli(command, "--yes");
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

async function revision(name: string): Promise<string | undefined> {
  return (await cluster.helm.list()).find((each) => each.name === name)?.revision;
}

describe("a release", () => {
  test("restores what was changed, added and deleted by hand, and shows it", async () => {
    const before = await read(GREEN.name);
    await kubectl("set", "image", DEPLOYMENT, "echo-backend=localhost:5000/echo-backend:none");
    await kubectl("set", "env", DEPLOYMENT, "FAILURE_RATE=100", "BY_HAND=secret");
    await kubectl("delete", "service", GREEN.name);
    const output = await release("release:green");
    expect(output).toContain('image is "localhost:5000/echo-backend:none", expected "');
    expect(output).toContain("env[FAILURE_RATE].value was changed");
    expect(output).toContain("env[BY_HAND] was added");
    expect(output).not.toContain("secret");
    expect(output).toContain(`Service ${GREEN.name} is missing`);
    expect((await read(GREEN.name)).spec).toEqual(before.spec);
    expect(await curl(url(GREEN.name))).toEqual(['{"version":"12.0"}']);
    expect(await release("release:green")).toContain("Nothing to change");
  });

  test("restores the pods of a Deployment that was scaled to 0, and keeps any other number", async () => {
    onTestFinished(() => resetWorkload(GREEN));
    const { replicas } = (await read(GREEN.name)).spec;
    await kubectl("scale", DEPLOYMENT, "--replicas=0");
    expect(await release("release:green")).toContain(`replicas is 0, expected ${replicas}`);
    expect(await read(GREEN.name)).toMatchObject({ spec: { replicas }, status: { readyReplicas: replicas } });
    await kubectl("scale", DEPLOYMENT, "--replicas=1");
    expect(await release("release:green")).toContain(
      `has 1 pods, and ${replicas} by its release. They stay.`,
    );
    expect((await read(GREEN.name)).spec.replicas).toBe(1);
  });

  test("changes nothing after the autoscaler has added a pod", async () => {
    onTestFinished(() => resetWorkload(FRONTEND));
    // Another file may have removed the repository of the image.
    await release("release:frontend");
    const { replicas } = (await read(FRONTEND.name)).spec;
    const pods = replicas + 1;
    const values = [`autoscaling.minReplicas=${pods}`, `autoscaling.maxReplicas=${pods}`];
    await setValues(FRONTEND, "autoscaling.enabled=true", ...values);
    await eventuallyPods("one more pod", async () => {
      const { spec, status } = await read(FRONTEND.name);
      return (spec.replicas === pods && status.readyReplicas === spec.replicas) || undefined;
    });
    const before = await revision(FRONTEND.name);
    expect(await release("release:frontend")).toContain("Nothing to change");
    expect(await revision(FRONTEND.name)).toBe(before);
  });
});
