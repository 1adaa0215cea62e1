import { describe, expect, test } from "vitest";
import { ecrOf, repositoryOf } from "../../src/adapters/ecr-host.ts";

const ACCOUNT = "123456789012";
const ENDPOINT = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" };

describe("a host that AWS documents is ECR, in the region of its name", () => {
  test.each([
    ["dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1"],
    ["dkr.ecr.us-gov-west-1.amazonaws.com", "us-gov-west-1"],
    ["dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"],
    ["dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"],
    ["dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"],
    ["dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"],
    ["dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"],
    ["dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"],
    ["dkr.ecr.eu-west-1.amazonaws.com:443", "eu-west-1"],
  ])("%s", (host, region) => {
    const expected = { account: ACCOUNT, region, fips: false, dualStack: false };
    expect(ecrOf(`${ACCOUNT}.${host}`, {})).toEqual({ ...expected, path: "" });
    expect(ecrOf(`${ACCOUNT}.${host}/team/a`, ENDPOINT)).toEqual({ ...expected, path: "team/a" });
  });

  test.each([
    ["dkr.ecr-fips.us-east-1.amazonaws.com", true, false],
    ["dkr-ecr.us-east-1.on.aws", false, true],
    ["dkr-ecr-fips.us-east-1.on.aws", true, true],
    ["dkr-ecr.us-east-1.on.amazonwebservices.com.cn", false, true],
    ["dkr-ecr.us-east-1.on.amazonwebservices.eu", false, true],
  ])("%s: FIPS %s, dual stack %s", (host, fips, dualStack) => {
    expect(ecrOf(`${ACCOUNT}.${host}`, {})).toEqual({
      ...{ account: ACCOUNT, region: "us-east-1" },
      ...{ fips, dualStack, path: "" },
    });
  });
});

test.each([
  "ghcr.io/me",
  "docker.io/library",
  "public.ecr.aws/team",
  "registry.example:5000",
  `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com.example.com`,
  `${ACCOUNT}.dkr-ecr.eu-west-1.amazonaws.com`,
  `${ACCOUNT}.dkr.ecr.eu-west-1.on.aws`,
  `registry.example/${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`,
  "12345.dkr.ecr.eu-west-1.amazonaws.com",
  "127.evil.example:5000",
  "localhost.example",
])("%s is not ECR, also with an endpoint for AWS", (registry) => {
  expect(ecrOf(registry, ENDPOINT)).toBeUndefined();
});

test.each(["localhost", "localhost:5000", "127.0.0.1:5000", "127.1.2.3", "ecr.localhost:4566"])(
  "%s is ECR only if the environment sets an endpoint for AWS",
  (host) => {
    for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECR"])
      expect(ecrOf(`${host}/team`, { [name]: "http://localhost:4566" })).toMatchObject({ path: "team" });
    expect(ecrOf(host, {})).toBeUndefined();
    expect(ecrOf(host, { AWS_ENDPOINT_URL: "" })).toBeUndefined();
  },
);

test("the path of the registry is the beginning of each repository's name", () => {
  const registry = { fips: false, dualStack: false, path: "" };
  expect(repositoryOf(registry, "echo-backend")).toBe("echo-backend");
  expect(repositoryOf({ ...registry, path: "team/a" }, "echo-backend")).toBe("team/a/echo-backend");
});
