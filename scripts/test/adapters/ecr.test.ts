import { describe, expect, test } from "vitest";
import { createEcr, regionOf, usesEcr } from "../../src/adapters/ecr.ts";
import { fakeEcr } from "../support/fake-ecr.ts";

const REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

const missing = { __type: "RepositoryNotFoundException", message: "none" };
const found = (scanOnPush: boolean) => ({ repositories: [{ imageScanningConfiguration: { scanOnPush } }] });

describe("ECR is used", () => {
  test("for its own registries, in the region of their name", () => {
    expect(usesEcr(REGISTRY, {})).toBe(true);
    expect(regionOf(REGISTRY)).toBe("eu-west-1");
  });

  test("for any other registry only if the environment sets an endpoint", () => {
    for (const registry of ["localhost:5000", "ghcr.io/me", `${REGISTRY}.example.com`])
      expect(usesEcr(registry, {})).toBe(false);
    expect(usesEcr("localhost:5000", { AWS_ENDPOINT_URL: "http://localhost" })).toBe(true);
  });
});

describe("the repository", () => {
  test("is created if it does not exist", async () => {
    const operations = await fakeEcr({ DescribeRepositories: missing });
    expect(await createEcr(REGISTRY).ensureRepository("a", false)).toBe("created");
    expect(operations).toEqual(["DescribeRepositories", "CreateRepository"]);
  });

  test("is left alone if it is scanned on push", async () => {
    const operations = await fakeEcr({ DescribeRepositories: found(true) });
    expect(await createEcr(REGISTRY).ensureRepository("a", false)).toBe("unchanged");
    expect(operations).toEqual(["DescribeRepositories"]);
  });

  test("is scanned on push from now on, if it was not", async () => {
    const operations = await fakeEcr({ DescribeRepositories: found(false) });
    expect(await createEcr(REGISTRY).ensureRepository("a", false)).toBe("scan on push turned on");
    expect(operations.at(-1)).toBe("PutImageScanningConfiguration");
  });

  test("is deleted and recreated if the release asks for it", async () => {
    const operations = await fakeEcr({ DescribeRepositories: found(true) });
    expect(await createEcr(REGISTRY).ensureRepository("a", true)).toBe("recreated");
    expect(operations).toEqual(["DescribeRepositories", "DeleteRepository", "CreateRepository"]);
  });
});

test("the login is the user and the password of the token", async () => {
  const authorizationToken = Buffer.from("AWS:pass:word").toString("base64");
  await fakeEcr({ GetAuthorizationToken: { authorizationData: [{ authorizationToken }] } });
  expect(await createEcr(REGISTRY).credentials()).toEqual({ user: "AWS", password: "pass:word" });
});

test("a failure reports ECR's reason and what to check", async () => {
  await fakeEcr({ GetAuthorizationToken: { __type: "AccessDeniedException", message: "no" } });
  await expect(createEcr(REGISTRY).credentials()).rejects.toThrow(
    /^ECR could not issue a login: AccessDeniedException: no\nCheck AWS_REGION and the credentials/,
  );
});
