import { describe, expect, test } from "vitest";
import { buildEchoApp } from "../../src/http/echo-app.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { sendRaw } from "../support/raw.ts";

/** The request that an attacker hides in another one. */
const HIDDEN = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";
/** The end of a chunked body, with the hidden request behind it. */
const END = `0\r\n\r\n${HIDDEN}`;

describe("a request that two servers could parse differently gets only a 400", () => {
  test.each([
    ["CL.TE", `Content-Length: 6\r\n${CHUNKED}\r\n${END}`],
    ["TE.CL", `${CHUNKED}Content-Length: 4\r\n\r\n5c\r\n${HIDDEN}\r\n0\r\n\r\n`],
    ["TE.TE, the unknown coding last", `${CHUNKED}Transfer-Encoding: x\r\n\r\n${END}`],
    ["TE.TE, the unknown coding first", `Transfer-Encoding: x\r\n${CHUNKED}\r\n${END}`],
    ["TE.TE in a list", `Transfer-Encoding: gzip, chunked\r\n\r\n${END}`],
    ["TE.TE, chunked twice", `Transfer-Encoding: chunked, chunked\r\n\r\n${END}`],
    ["a coding that looks like chunked", `Transfer-Encoding: xchunked\r\n\r\n${END}`],
    ["a coding behind a vertical tab", `Transfer-Encoding: \x0bchunked\r\n\r\n${END}`],
    ["the coding identity", `Transfer-Encoding: identity\r\n\r\n${HIDDEN}`],
    ["no coding at all", `Transfer-Encoding:\r\n\r\n${HIDDEN}`],
    ["a space before the colon", `Transfer-Encoding : chunked\r\n\r\n${END}`],
    ["a folded header", `Transfer-Encoding:\r\n chunked\r\n\r\n${END}`],
    ["a fold before the first header", ` A: b\r\n\r\n${HIDDEN}`],
    ["a bare CR in a header", `A: b\r${CHUNKED}\r\n${END}`],
    ["a bare LF after a header", `A: b\nContent-Length: 5\r\n\r\n${HIDDEN}`],
    ["a NUL in a header", `A: b\0c\r\n\r\n${HIDDEN}`],
    ["the same length twice", `Content-Length: 1\r\nContent-Length: 1\r\n\r\nx${HIDDEN}`],
    ["two lengths", `Content-Length: 0\r\nContent-Length: 44\r\n\r\n${HIDDEN}`],
    ["a list of lengths", `Content-Length: 1, 1\r\n\r\nx${HIDDEN}`],
    ["a length with a sign", `Content-Length: +1\r\n\r\nx${HIDDEN}`],
    ["a negative length", `Content-Length: -1\r\n\r\n${HIDDEN}`],
    ["a hexadecimal length", `Content-Length: 0x1\r\n\r\nx${HIDDEN}`],
    ["a length that overflows", `Content-Length: 18446744073709551617\r\n\r\nx${HIDDEN}`],
    ["an empty length", `Content-Length:\r\n\r\n${HIDDEN}`],
    ["a chunk of negative size", `${CHUNKED}\r\n-1\r\nx\r\n${END}`],
    ["a chunk whose size has a prefix", `${CHUNKED}\r\n0x1\r\nx\r\n${END}`],
    ["a chunk whose size overflows", `${CHUNKED}\r\n10000000000000001\r\nx\r\n${END}`],
    ["a chunk longer than its size", `${CHUNKED}\r\n1\r\nxy\r\n${END}`],
    ["a bare LF after a chunk's size", `${CHUNKED}\r\n1\nx\r\n${END}`],
    ["a bare LF in a chunk's extension", `${CHUNKED}\r\n1;a\nb\r\nx\r\n${END}`],
    ["a space after a chunk's size", `${CHUNKED}\r\n1 \r\nx\r\n${END}`],
    ["a length in a trailer", `${CHUNKED}\r\n0\r\nContent-Length: 5\r\n\r\n${HIDDEN}`],
  ])("%s", async (_what, rest) => {
    const port = await listen(
      buildEchoApp(testConfig(), testContext().context, (request) =>
        Promise.resolve(`${request.originalUrl}\n`),
      ),
    );
    const response = await sendRaw(port, `POST / HTTP/1.1\r\nHost: x\r\n${rest}`);
    expect(response).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(response.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(response).not.toContain("hidden");
  });
});
