import { describe, expect, test } from "vitest";
import { proxiesIn } from "../../src/adapters/proxy.ts";

const P = "http://proxy.example:3128/";

describe("the proxy is that of curl", () => {
  test.each([
    [{ HTTPS_PROXY: P }, { https_proxy: P }],
    [{ https_proxy: P, HTTPS_PROXY: "http://other:1" }, { https_proxy: P }],
    [{ http_proxy: P }, { http_proxy: P }],
    [{ HTTP_PROXY: P }, {}],
    [{ ALL_PROXY: P }, { http_proxy: P, https_proxy: P }],
    [
      { ALL_PROXY: P, https_proxy: "http://other:1" },
      { http_proxy: P, https_proxy: "http://other:1/" },
    ],
    [{ https_proxy: "", HTTPS_PROXY: P }, { https_proxy: P }],
    [{ HTTPS_PROXY: "proxy.example" }, { https_proxy: "http://proxy.example:1080/" }],
    [{ HTTPS_PROXY: "http://proxy.example:80" }, { https_proxy: "http://proxy.example/" }],
    [{ HTTPS_PROXY: "https://proxy.example" }, { https_proxy: "https://proxy.example/" }],
    [
      { HTTPS_PROXY: "http://user:secret@proxy.example:1" },
      { https_proxy: "http://user:secret@proxy.example:1/" },
    ],
  ])("%j", (env, expected) => {
    expect(proxiesIn(env)).toEqual(expected);
  });

  test.each([
    ["*", "*"],
    ["example.com, .internal.example localhost", ".example.com,.internal.example,.localhost"],
    ["10.0.0.0/8,192.168.4.7", "10.0.0.0-10.255.255.255,192.168.4.7"],
    ["192.168.4.7/20", "192.168.0.0-192.168.15.255"],
    ["0.0.0.0/0", "0.0.0.0-255.255.255.255"],
    ["::1", "::1"],
  ])("except for NO_PROXY %j", (text, expected) => {
    expect(proxiesIn({ NO_PROXY: text })).toEqual({ no_proxy: expected });
  });
});

test.each([
  "socks5://user:secret@proxy.example:1",
  "http://user:secret@",
  "http://user:secret@proxy.example:x",
])("a proxy that is not one for HTTP is rejected, and the error does not repeat its password: %s", (text) => {
  const read = () => proxiesIn({ HTTPS_PROXY: text });
  expect(read).toThrow("Invalid HTTPS_PROXY: expected the URL of an HTTP proxy");
  expect(read).not.toThrow(/secret/);
});
