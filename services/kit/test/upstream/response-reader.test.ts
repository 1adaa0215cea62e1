import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  InvalidResponseError,
  LongResponseError,
  ResponseReader,
} from "../../src/upstream/response-reader.ts";

const MAX_BYTES = 100;
const OK = "HTTP/1.1 200 OK\r\n";

/** Reads the parts of a response; `closed` tells the reader that the server has closed afterwards. */
function read(parts: readonly string[], closed = false) {
  const reader = new ResponseReader(MAX_BYTES);
  let complete = false;
  // One buffer for all parts, as in a connection.
  const buffer = Buffer.alloc(32_768);
  for (const part of parts) complete ||= reader.read(buffer.subarray(0, buffer.write(part, "latin1")));
  if (closed && !complete) complete = reader.end();
  const { status, body, reusable, keepAliveS } = reader;
  return { complete, status, body, reusable, keepAliveS };
}

describe("a response is complete", () => {
  test.each([
    ["of a content-length", `${OK}Content-Length: 2\r\n\r\nhi`, { body: "hi", reusable: true }],
    ["of no bytes", `${OK}Content-Length: 0\r\n\r\n`, { body: "", reusable: true }],
    [
      "of chunks",
      `${OK}Transfer-Encoding: Chunked\r\n\r\n2;a=b\r\nhi\r\n1\r\n!\r\n0\r\n\r\n`,
      { body: "hi!" },
    ],
    ["of chunks with a trailer", `${OK}transfer-encoding: chunked\r\n\r\n0\r\na: b\r\n\r\n`, { body: "" }],
    ["without a body, by its status", "HTTP/1.1 204\r\n\r\n", { status: 204, body: "" }],
    ["after an early hint", `HTTP/1.1 103 E\r\na: b\r\n\r\n${OK}content-length: 1\r\n\r\nx`, { body: "x" }],
    ["of another status", "HTTP/1.1 503 No\r\ncontent-length: 1\r\n\r\nx", { status: 503, body: "x" }],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", { body: "x", reusable: false }],
    [
      "and its connection ends",
      `${OK}Connection: a, Close\r\ncontent-length: 1\r\n\r\nx`,
      { body: "x", reusable: false },
    ],
    [
      "and its connection is kept for a time",
      `${OK}keep-alive: max=5, timeout=72\r\ncontent-length: 1\r\n\r\nx`,
      { keepAliveS: 72, reusable: true },
    ],
  ])("%s", (_what, response, expected) => {
    expect(read([response])).toMatchObject({ complete: true, status: 200, ...expected });
    expect(read(Array.from(response))).toMatchObject({ complete: true, status: 200, ...expected });
  });

  test("and its connection ends, if more than the response arrives", () => {
    expect(read([`${OK}content-length: 1\r\n\r\nxHTTP/1.1 200`])).toMatchObject({
      body: "x",
      reusable: false,
    });
  });

  test("when the server closes, if it does not say how long it is", () => {
    expect(read([`${OK}\r\n`, "hi"])).toMatchObject({ complete: false, status: 200 });
    expect(read([`${OK}\r\n`, "hi"], true)).toMatchObject({ complete: true, body: "hi", reusable: false });
  });

  test("with UTF-8 that its parts divide", () => {
    const body = Buffer.from("grün").toString("latin1");
    const parts = [`${OK}content-length: 5\r\n\r\n${body.slice(0, 3)}`, body.slice(3)];
    expect(read(parts).body).toBe("grün");
  });
});

describe("a response is not complete if the server closes", () => {
  test.each([
    ["before its last byte", `${OK}content-length: 3\r\n\r\nhi`],
    ["before its last chunk", `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n`],
    ["in its head", OK],
    ["after an early hint", "HTTP/1.1 103 Early Hints\r\n\r\n"],
  ])("%s", (_what, response) => {
    expect(read([response], true).complete).toBe(false);
  });
});

describe("a response is invalid with", () => {
  test.each([
    ["another protocol", "SSH-2.0-OpenSSH\r\n"],
    ["a first byte of another protocol", "\0"],
    ["another version of HTTP", "HTTP/2.0 200 OK\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
    ["a change of the protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
    ["a line that is no header", `${OK}header\r\n\r\n`],
    ["a header that continues", `${OK}a: b\r\n c\r\n\r\n`],
    ["a space before the colon", `${OK}content-length : 1\r\n\r\nx`],
    ["a carriage return in a header", `${OK}a: b\rc: d\r\n\r\n`],
    ["a zero byte in a header", `${OK}a: \0\r\n\r\n`],
    ["a line feed without a carriage return", `${OK}a: b\nc: d\r\n\r\n`],
    ["two lengths", `${OK}content-length: 1\r\ncontent-length: 1\r\n\r\nx`],
    ["a negative length", `${OK}content-length: -1\r\n\r\n`],
    ["a hexadecimal length", `${OK}content-length: 0x1\r\n\r\n`],
    ["an empty length", `${OK}content-length:\r\n\r\n`],
    ["a length and chunks", `${OK}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["another coding", `${OK}transfer-encoding: gzip, chunked\r\n\r\n`],
    ["a chunk without a size", `${OK}transfer-encoding: chunked\r\n\r\n\r\n`],
    ["a negative chunk", `${OK}transfer-encoding: chunked\r\n\r\n-1\r\n`],
    ["a chunk that exceeds its size", `${OK}transfer-encoding: chunked\r\n\r\n1\r\nhi\r\n`],
    ["a chunk size without a carriage return", `${OK}transfer-encoding: chunked\r\n\r\n0\n\n`],
    ["a trailer that is no header", `${OK}transfer-encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n`],
    ["a head without an end", `${OK}a: ${"x".repeat(17_000)}`],
    ["a chunk size without an end", `${OK}transfer-encoding: chunked\r\n\r\n${"0".repeat(17_000)}`],
  ])("%s", (_what, response) => {
    expect(() => read([response])).toThrow(InvalidResponseError);
  });
});

describe("a body is too long", () => {
  const long = "x".repeat(MAX_BYTES + 1);
  test.each([
    ["with a length", `${OK}content-length: 101\r\n\r\n${long}`],
    ["in chunks", `${OK}transfer-encoding: chunked\r\n\r\n65\r\n${long}\r\n0\r\n\r\n`],
    ["without a length", `${OK}\r\n${long}`],
    ["in trailers", `${OK}transfer-encoding: chunked\r\n\r\n0\r\n${"a: bcdefgh\r\n".repeat(20)}`],
  ])("%s", (_what, response) => {
    expect(() => read([response])).toThrow(LongResponseError);
  });
});

/** The result of all parts, or the name of the error. */
function outcome(parts: readonly string[]) {
  try {
    return read(parts, true);
  } catch (error) {
    if (error instanceof InvalidResponseError || error instanceof LongResponseError) return error.name;
    throw error;
  }
}

test("any bytes are read without another error, and in any parts with the same result", () => {
  const piece = fc.constantFrom(
    OK,
    "\r\n",
    "content-length: 3",
    "transfer-encoding: chunked",
    ":",
    "3",
    "abc",
    "0",
    "x: y",
  );
  const response = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
    fc.string({ maxLength: 60 }).map((text) => `${OK}${text}`),
  );
  fc.assert(
    fc.property(response, fc.nat(60), (text, cut) => {
      const whole = outcome([text]);
      const divided = outcome([text.slice(0, cut), text.slice(cut)]);
      // Of bytes after the response, only those that arrive with it are seen here.
      if (typeof whole === "object" && typeof divided === "object") divided.reusable = whole.reusable;
      expect(divided).toEqual(whole);
    }),
    { numRuns: 2000 },
  );
});
