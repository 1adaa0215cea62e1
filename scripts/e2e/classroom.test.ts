import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { chartPath } from "../src/lib/paths.ts";
import { serviceUrl } from "../src/domain/workload.ts";
import { asTeacher, createClass, type Student } from "./support/classroom.ts";
import { cliWith, HELM_WAIT } from "./support/commands.ts";
import { POLL } from "./support/limits.ts";
import { createForeignObjects, leaveTestPod, objectsIn, shiftEventsIn } from "./support/objects.ts";
import { prepare } from "./support/state.ts";
import { registry } from "./support/system.ts";
import { GATEWAY } from "./support/traffic.ts";

// Two students do everything at the same time. Their namespaces enforce the restricted profile, and each has only the rights
// of docs/classroom/role.yaml in one of them. Each test continues where the one before ended.

let students: Student[] = [];
/** All objects of each student's namespace at the beginning. */
let before: readonly string[][] = [];
let removeClass = async () => undefined as void;

beforeAll(async () => {
  await prepare();
  ({ students, remove: removeClass } = await createClass(2));
  before = await Promise.all(students.map(({ namespace }) => createForeignObjects(namespace)));
});
afterAll(() => removeClass());

/** Runs a command for all students at once, and expects that it succeeds. @returns each stdout */
function all(...args: string[]): Promise<string[]> {
  return Promise.all(
    students.map(async ({ cli }) => {
      const { exitCode, stdout, stderr } = await cli(...args);
      expect(exitCode, stderr).toBe(0);
      return stdout;
    }),
  );
}

test("the chapter's own helm command installs a frontend", async () => {
  const outputs = await Promise.all(
    students.map(({ helm, namespace }) =>
      helm(
        ...["upgrade", "-i", "echo-frontend-blue", chartPath("echo-frontend")],
        ...["--set", `registry=${registry}`, "--set", "color=blue", "--set", "version=2.0"],
        ...["--set", `backend=${serviceUrl("echo-backend", namespace)}`, "--set", "serviceType=ClusterIP"],
        // Small enough for both students on one small node.
        ...["--set", "replicas=1", "--set", "resources.requests.cpu=20m"],
        ...HELM_WAIT,
      ),
    ),
  );
  for (const output of outputs) expect(output).toContain("STATUS: deployed");
});

test("pnpm release deploys and verifies everything", async () => {
  for (const stdout of await all("release", "--yes")) expect(stdout).toContain('{"version":"12.0"}');
});

test("the jumpbox is in the student's namespace", async () => {
  expect(await all("jumpbox")).toEqual(students.map(() => '{"version":"11.0"}\n{"version":"12.0"}'));
  for (const { kubectl } of students)
    expect(await kubectl("get", "pod", "jumpbox", "-o", "name")).toBe("pod/jumpbox");
});

test("helm test succeeds", async () => {
  for (const stdout of await Promise.all(students.map(({ helm }) => helm("test", "echo-backend-blue"))))
    expect(stdout).toContain("Succeeded");
});

test("a canary through a gateway moves the traffic of its own student only", async () => {
  await all("shift", "mode", "gateway", ...GATEWAY, "--yes");
  // The latency of a busy machine is not the subject.
  const canary = ["green", "--steps", "50,100", "--interval", "1s", "--max-p99-ratio", "1000"];
  const [first, second] = await Promise.all([
    students[0]?.cli("shift", ...canary),
    students[1]?.cli("shift", "--green", "25"),
  ]);
  expect(first?.exitCode, first?.stderr).toBe(0);
  expect(second?.exitCode, second?.stderr).toBe(0);
  expect(first?.stderr).not.toContain("No Kubernetes Events");
  const shares = (await all("shift", "status", "--json")).map((stdout) => JSON.parse(stdout).colors);
  expect(shares).toMatchObject([
    [
      { weight: 0, observed: 0 },
      { weight: 100, observed: 100 },
    ],
    [{ weight: 75 }, { weight: 25 }],
  ]);
});

test("a student of another namespace is refused before anything changes, with the missing rights", async () => {
  const [first, second] = students;
  const { exitCode, stderr } = (await first?.cli("shift", "blue", "-n", second?.namespace ?? "")) ?? {};
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`this user lacks rights in namespace ${second?.namespace}: get, list, create`);
  expect(stderr).toContain("create, update leases.coordination.k8s.io");
  const { stderr: missing } = (await first?.cli("release", "-n", `${second?.namespace}-absent`)) ?? {};
  expect(missing).toContain("lacks rights in namespace");
});

test("the teacher sees each student's versions, pods, traffic and quota", async () => {
  const { exitCode, stdout, stderr } = await cliWith(["status", "--all-namespaces"]);
  expect(exitCode, stderr).toBe(0);
  for (const [index, traffic] of ["green", "blue 75 %, green 25 %"].entries()) {
    const line = stdout.split("\n").find((text) => text.startsWith(`${students[index]?.namespace} `));
    expect(line?.split(/ {2,}/)).toEqual([
      ...[students[index]?.namespace, "11.0, 1/1 ready", "12.0, 1/1 ready", "2.0, 1/1 ready", traffic, "-"],
      expect.stringMatching(/^\d+ % of [\w.]+$/),
    ]);
  }
});

/** Changes the limit of pods in a student's quota. */
async function limitPods(student: Student, pods: number): Promise<void> {
  const { kubectl, namespace } = asTeacher(student);
  const patch = JSON.stringify({ spec: { hard: { pods: String(pods) } } });
  await kubectl.run(["patch", "resourcequota", "echo-student", "-n", namespace, "--type=merge", "-p", patch]);
}

test("an exhausted quota refuses a release before anything changes", async () => {
  const [student] = students;
  if (!student) throw new Error("Expected a student.");
  // Two backends, a frontend and the jumpbox: a rollout cannot add its pod.
  await limitPods(student, 4);
  onTestFinished(() => limitPods(student, 16));
  const { helm } = asTeacher(student);
  const releases = await helm.list();
  const { exitCode, stderr } = await student.cli("release:blue", "--version", "13.0", "--yes");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("Not started, nothing was changed:");
  expect(stderr).toContain("echo-student: pods: 1 more needed, 0 left of 4");
  expect(await helm.list()).toEqual(releases);
});

test("undeploy --all leaves the namespaces as they were before the class, with the objects of somebody else", async () => {
  const [first, second] = students.map(({ namespace }) => namespace);
  await leaveTestPod("echo-backend-blue", first ?? "");
  expect((await objectsIn(first ?? "")).join()).toMatch(/Lease echo-traffic [^]*Pod echo-backend-blue-test /);
  expect(await shiftEventsIn(first ?? "")).toContain("event/");
  await all("undeploy", "--all", "--yes");
  for (const [index, namespace] of [first, second].entries()) {
    await expect.poll(() => objectsIn(namespace ?? ""), POLL).toEqual(before[index]);
    expect(before[index]?.filter((object) => object.includes(" someone-elses "))).toHaveLength(3);
    expect(await shiftEventsIn(namespace ?? "")).toBe("");
  }
});
