import { describe, expect, test } from "vitest";
import { workload } from "../../src/domain/workload.ts";
import { planRelease, type ReleaseRequest } from "../../src/release/plan.ts";

const blue = workload("echo-backend", "blue");
const green = workload("echo-backend", "green");
const frontend = workload("echo-frontend", "blue");
const ECR = { account: "123456789012", region: "eu-west-1", fips: false, dualStack: false, path: "team" };
const STABLE = "http://echo-backend.demos.svc.cluster.local:80";

const request = (changes: Partial<ReleaseRequest> = {}): ReleaseRequest => ({
  workloads: [blue],
  registry: "localhost:5000",
  namespace: "demos",
  revision: "abc",
  ecr: undefined,
  recreate: false,
  traffic: false,
  ...changes,
});
const plan = (changes?: Partial<ReleaseRequest>, installed: string[] = []) =>
  planRelease(request(changes), { installed: new Set(installed) });
const values = (changes: Partial<ReleaseRequest>, installed?: string[]) =>
  plan(changes, installed).deploys.map(({ upgrade }) => upgrade.values);

test("one backend: build and push, deploy, verify", () => {
  const { images, deploys, verifies } = plan();
  expect([...images, ...deploys, ...verifies].map(({ title }) => title)).toEqual([
    "Build and push localhost:5000/echo-backend:11.0",
    "Deploy echo-backend-blue (registry=localhost:5000, color=blue, version=11.0)",
    "Verify that http://echo-backend-blue.demos.svc.cluster.local:80 returns version 11.0",
  ]);
});

test("the build gets its service, version and revision as arguments", () => {
  expect(plan({ workloads: [frontend] }).images).toMatchObject([
    { build: { args: { SERVICE: "echo-frontend", VERSION: "2.0", REVISION: "abc" } } },
  ]);
});

describe("ECR", () => {
  test("has one repository for both colours, and a login, before any image", () => {
    const kinds = plan({ workloads: [blue, green], ecr: ECR }).images.map(({ kind }) => kind);
    expect(kinds).toEqual(["repository", "login", "image", "image"]);
  });

  test("deletes the repository first with --recreate, and the plan says so", () => {
    const [step] = plan({ ecr: ECR, recreate: true }).images;
    expect(step?.title).toBe(
      "Delete the ECR repository team/echo-backend with all its images, and recreate it",
    );
  });
});

test("signs each image after all are pushed", () => {
  const { images } = plan({ workloads: [blue, green], sign: true });
  expect(images.map(({ title }) => title)).toEqual([
    "Build and push localhost:5000/echo-backend:11.0",
    "Build and push localhost:5000/echo-backend:12.0",
    "Sign localhost:5000/echo-backend:11.0 and attest its SBOM",
    "Sign localhost:5000/echo-backend:12.0 and attest its SBOM",
  ]);
});

describe("everything", () => {
  const all = { workloads: [blue, green, frontend], traffic: true };

  test("installs the stable name and points the frontend at it, if neither is installed", () => {
    const { deploys } = plan(all);
    expect(deploys.map(({ upgrade }) => upgrade.release)).toEqual([
      "echo-backend-blue",
      "echo-backend-green",
      "echo-frontend-blue",
      "echo-traffic",
    ]);
    expect(deploys[2]?.upgrade.values).toMatchObject({ backend: STABLE });
  });

  test("leaves the weights and the frontend's backend alone, if both are installed", () => {
    const { deploys } = plan(all, ["echo-frontend-blue", "echo-traffic"]);
    expect(deploys.map(({ upgrade }) => upgrade.release)).not.toContain("echo-traffic");
    expect(deploys[2]?.upgrade.values).not.toHaveProperty("backend");
  });
});

describe("the frontend alone", () => {
  test("keeps its backend", () => {
    expect(values({ workloads: [frontend] })).toEqual([
      { registry: "localhost:5000", color: "blue", version: "2.0" },
    ]);
  });

  test("gets the backend of --backend", () => {
    expect(values({ workloads: [frontend], backend: "http://a" })).toMatchObject([{ backend: "http://a" }]);
  });
});
