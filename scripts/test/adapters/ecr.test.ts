import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createEcr } from "../../src/adapters/ecr.ts";
import { fakeEcr } from "../support/fake-ecr.ts";

const REGISTRY = { account: "123456789012", region: "eu-west-1", fips: false, dualStack: false, path: "" };

const missing = { __type: "RepositoryNotFoundException", message: "none" };
const found = (scanOnPush: boolean) => ({ repositories: [{ imageScanningConfiguration: { scanOnPush } }] });

describe("the repository", () => {
  test("is created if it does not exist", async () => {
    const operations = await fakeEcr({ DescribeRepositories: missing });
    expect(await createEcr(REGISTRY, {}).ensureRepository("a", false)).toBe("created");
    expect(operations).toEqual(["DescribeRepositories", "CreateRepository"]);
  });

  test("is left alone if it is scanned on push", async () => {
    const operations = await fakeEcr({ DescribeRepositories: found(true) });
    expect(await createEcr(REGISTRY, {}).ensureRepository("a", false)).toBe("unchanged");
    expect(operations).toEqual(["DescribeRepositories"]);
  });

  test("is scanned on push from now on, if it was not", async () => {
    const operations = await fakeEcr({ DescribeRepositories: found(false) });
    expect(await createEcr(REGISTRY, {}).ensureRepository("a", false)).toBe("scan on push turned on");
    expect(operations.at(-1)).toBe("PutImageScanningConfiguration");
  });

  test("is deleted and recreated if the release asks for it", async () => {
    const operations = await fakeEcr({ DescribeRepositories: found(true) });
    expect(await createEcr(REGISTRY, {}).ensureRepository("a", true)).toBe("recreated");
    expect(operations).toEqual(["DescribeRepositories", "DeleteRepository", "CreateRepository"]);
  });

  test("may be created by somebody else at the same moment", async () => {
    const exists = { __type: "RepositoryAlreadyExistsException", message: "exists" };
    await fakeEcr({ DescribeRepositories: missing, CreateRepository: exists });
    expect(await createEcr(REGISTRY, {}).ensureRepository("a", false)).toBe("created");
  });

  test("may be deleted by somebody else at the same moment", async () => {
    const operations = await fakeEcr({ DescribeRepositories: found(true), DeleteRepository: missing });
    await createEcr(REGISTRY, {}).deleteRepository("a");
    expect(await createEcr(REGISTRY, {}).ensureRepository("a", true)).toBe("recreated");
    expect(operations.at(-1)).toBe("CreateRepository");
  });
});

test("the login is the user and the password of the token", async () => {
  const authorizationToken = Buffer.from("AWS:pass:word").toString("base64");
  await fakeEcr({ GetAuthorizationToken: { authorizationData: [{ authorizationToken }] } });
  expect(await createEcr(REGISTRY, {}).credentials()).toEqual({ user: "AWS", password: "pass:word" });
});

test("a failure reports ECR's reason and what to check", async () => {
  await fakeEcr({ GetAuthorizationToken: { __type: "AccessDeniedException", message: "no" } });
  await expect(createEcr(REGISTRY, {}).credentials()).rejects.toThrow(
    /^ECR could not issue a login: AccessDeniedException: no\nCheck AWS_REGION and the credentials/,
  );
});

/** A proxy on the loopback. @returns its URL, and what it was asked for */
async function startProxy() {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.statusCode = 502;
    response.end();
  });
  server.on("connect", (request, socket) => {
    requests.push(`CONNECT ${request.url}`);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, requests };
}

function credentials(env: NodeJS.ProcessEnv) {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.stubEnv("AWS_MAX_ATTEMPTS", "1");
  onTestFinished(() => void vi.unstubAllEnvs());
  return createEcr(REGISTRY, env).credentials();
}

describe("with a proxy in the environment", () => {
  test("ECR is reached through it, and a failure there is one of the network", async () => {
    const { url, requests } = await startProxy();
    await expect(credentials({ HTTPS_PROXY: url })).rejects.toThrow(/Check the network: .*HTTPS_PROXY/);
    expect(requests).toEqual(["CONNECT api.ecr.eu-west-1.amazonaws.com:443"]);
  });

  test("an endpoint in NO_PROXY is reached without it", async () => {
    const { url, requests } = await startProxy();
    const authorizationToken = Buffer.from("AWS:password").toString("base64");
    await fakeEcr({ GetAuthorizationToken: { authorizationData: [{ authorizationToken }] } });
    expect(await createEcr(REGISTRY, { http_proxy: url, NO_PROXY: "127.0.0.0/8" }).credentials()).toEqual({
      user: "AWS",
      password: "password",
    });
    expect(requests).toEqual([]);
    vi.stubEnv("AWS_MAX_ATTEMPTS", "1");
    await expect(createEcr(REGISTRY, { http_proxy: url }).credentials()).rejects.toThrow("issue a login");
    expect(requests).toEqual([expect.stringMatching(/^POST http:\/\/127\.0\.0\.1:\d+\/$/)]);
  });
});
