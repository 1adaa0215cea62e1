import type { RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import { createRegistry, RegistryError } from "../../src/adapters/registry.ts";
import { UnreachableError } from "../../src/adapters/http-get.ts";
import { digestOf, fakeRegistry, LOGIN } from "../support/fake-registry.ts";
import { startService } from "../support/service.ts";

const IMAGES = { "team/echo-backend": { "11.0": "eleven", "12.0": "twelve" } };
const env = {};

describe.each([
  ["that everybody may read", "open", undefined],
  ["that gives a token to everybody", "token", undefined],
  ["that gives a token to its users", "token of a user", LOGIN],
  ["that asks for a user and password", "basic", LOGIN],
] as const)("a registry %s", (_what, auth, login) => {
  test("has the digest of a tag and the list of tags", async () => {
    const { name } = await fakeRegistry(IMAGES, auth);
    const registry = createRegistry(`${name}/team`, { env, login });
    expect(await registry.digest("echo-backend", "11.0")).toBe(digestOf("eleven"));
    expect(await registry.tags("echo-backend")).toEqual(["11.0", "12.0"]);
  });

  test("has no digest of a tag that it lacks, and no tags of a repository that it lacks", async () => {
    const { name } = await fakeRegistry(IMAGES, auth);
    const registry = createRegistry(`${name}/team`, { env, login });
    expect(await registry.digest("echo-backend", "13.0")).toBeUndefined();
    expect(await registry.tags("other")).toEqual([]);
  });
});

const platform = (os: string, architecture: string) => ({ platform: { os, architecture } });
const CONFIG = JSON.stringify({ os: "linux", architecture: "arm64", config: {} });

test.each([
  [
    "an index",
    { manifests: [platform("linux", "amd64"), platform("linux", "arm64"), platform("unknown", "unknown")] },
    ["linux/amd64", "linux/arm64"],
  ],
  ["a single image", { config: { digest: digestOf(CONFIG) } }, ["linux/arm64"]],
  ["a single image whose configuration cannot be read", { config: { digest: digestOf("other") } }, []],
  ["a manifest that is not known", "eleven", []],
  ["an index that has control characters", { manifests: [platform("linux", "\u001b[2J")] }, []],
])("the platforms of %s", async (_what, manifest, platforms) => {
  const content = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
  const { name } = await fakeRegistry({ echo: { "1": content, [digestOf(CONFIG)]: CONFIG } });
  const found = await createRegistry(name, { env, login: undefined }).image("echo", "1");
  expect(found).toEqual({ digest: digestOf(content), platforms });
});

test("an image that a registry lacks has no platforms", async () => {
  const { name } = await fakeRegistry(IMAGES);
  expect(await createRegistry(name, { env, login: undefined }).image("echo", "1")).toBeUndefined();
});

describe("a registry that refuses", () => {
  test.each(["token of a user", "basic"] as const)("names the image and the reason: %s", async (auth) => {
    const { name } = await fakeRegistry(IMAGES, auth);
    await expect(
      createRegistry(name, { env, login: undefined }).digest("team/echo-backend", "11.0"),
    ).rejects.toThrow(
      `${name} refuses to read ${name}/team/echo-backend: it does not exist, or it needs a login`,
    );
    const login = { user: "eve", password: "wrong" };
    await expect(createRegistry(name, { env, login }).digest("team/echo-backend", "11.0")).rejects.toThrow(
      /the user eve may not read it$/,
    );
  });

  test.each(["http://token.example/", "ftp://127.0.0.1/", "token"])(
    "gets no login to send to the token server %s",
    async (realm) => {
      const url = await startService((_request, response) => {
        response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="x"` }).end();
      });
      const registry = createRegistry(new URL(url).host, { env, login: LOGIN });
      await expect(registry.digest("echo-backend", "11.0")).rejects.toThrow(
        `Invalid token server "${realm}" of ${new URL(url).host}: expected an https:// URL.`,
      );
    },
  );
});

/** Reads a tag from a registry that responds as this listener does. */
async function digestFrom(listener: RequestListener, timeoutMs?: number) {
  const { host } = new URL(await startService(listener));
  const limit = timeoutMs === undefined ? {} : { timeoutMs };
  return createRegistry(host, { env, login: undefined, ...limit }).digest("echo-backend", "11.0");
}

describe("a registry that fails", () => {
  test("is an error with its status and text, without control characters", async () => {
    const digest = digestFrom((_request, response) => response.writeHead(500).end("broken\u001b[2J\nhere"));
    await expect(digest).rejects.toThrow(RegistryError);
    await expect(digest).rejects.toThrow(
      /^Unexpected response of 127\.0\.0\.1:\d+, with status 500: broken\[2J here$/,
    );
  });

  test("is an error if its list of tags is no JSON", async () => {
    const url = await startService((_request, response) => response.end("<html>"));
    const registry = createRegistry(new URL(url).host, { env, login: undefined });
    await expect(registry.tags("echo-backend")).rejects.toThrow(
      /^Unexpected response of .* with status 200: <html>$/,
    );
  });

  test("is an error if it does not respond within the limit", async () => {
    const digest = digestFrom(() => undefined, 100);
    await expect(digest).rejects.toThrow(UnreachableError);
    await expect(digest).rejects.toThrow("is not reachable: no complete response in 0.1 s");
  });

  test("is an error if it closes the connection", async () => {
    const digest = digestFrom((request) => request.socket.destroy());
    await expect(digest).rejects.toThrow(UnreachableError);
    await expect(digest).rejects.toThrow("is not reachable: socket hang up");
  });

  test("is an error if its manifest is larger than any", async () => {
    const digest = digestFrom((_request, response) => response.end(Buffer.alloc(4 * 1024 * 1024 + 1)));
    await expect(digest).rejects.toThrow(/the response is larger than 4194304 bytes$/);
  });
});

test("a registry on this machine is not read through a proxy", async () => {
  const { name } = await fakeRegistry(IMAGES);
  const registry = createRegistry(name, { env: { http_proxy: "http://127.0.0.1:1" }, login: undefined });
  expect(await registry.digest("team/echo-backend", "12.0")).toBe(digestOf("twelve"));
});

test("any other registry is read through the proxy of the environment, with TLS", async () => {
  const registry = createRegistry("ghcr.io/ada", {
    env: { https_proxy: "http://127.0.0.1:1" },
    login: undefined,
  });
  await expect(registry.digest("echo-backend", "11.0")).rejects.toThrow(
    /ghcr\.io is not reachable: .*127\.0\.0\.1:1/,
  );
});
