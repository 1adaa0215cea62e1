import { METHODS } from "node:http";
import * as fc from "fast-check";

const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array).toString("latin1"));

const printable = (maxLength: number) => fc.string({ unit: "binary-ascii", maxLength });

/** Text of an attacker: line ends, quotes, escapes, code, long runs. */
const nasty = fc.constantFrom(
  "\r\n",
  "\n",
  "\r",
  "\0",
  "\x0b",
  "\x7f",
  "\xff",
  "\u0085",
  " ",
  "\t",
  '"',
  "\\",
  "\\u000a",
  '","level":"fatal"}\\n{"a":"',
  "%",
  "%0d%0a",
  "%00",
  "%2e%2e%2f",
  "%c0%ae",
  "%zz",
  "/../",
  "//",
  "${jndi:ldap://x}",
  "<script>",
  "__proto__",
  "constructor",
  "../../../../etc/passwd",
  "a".repeat(300),
  "é",
);

const text = fc.oneof({ weight: 3, arbitrary: nasty }, printable(20), bytes(20));

const path = fc.oneof(
  fc
    .array(fc.oneof(text, fc.constantFrom("/", "..", ".", "?", "#", "*", "a", ":", "@")), { maxLength: 8 })
    .map((parts) => `/${parts.join("")}`),
  fc.constantFrom(
    "/",
    "*",
    "//",
    "/..",
    "/%",
    "/%00",
    "/\0",
    "http://x/y",
    "http://[::1",
    "x:1",
    "",
    `/${"a".repeat(65_536)}`,
    `/${"%41".repeat(5000)}`,
  ),
);

const method = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...METHODS) },
  fc.constantFrom("get", "FOO", "", "PRI", "G\0T"),
  printable(8),
);

const protocol = fc.oneof(
  { weight: 8, arbitrary: fc.constant("HTTP/1.1") },
  fc.constantFrom(
    "HTTP/1.0",
    "HTTP/0.9",
    "HTTP/2.0",
    "HTTP/1.2",
    "HTTP/9",
    "http/1.1",
    "HTTP/1.1 ",
    "",
    "ICE/1.0",
  ),
);

const headerName = fc.oneof(
  fc.constantFrom(
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Expect",
    "Upgrade",
    "Host",
    "Accept",
    "Content-Type",
    "x-request-id",
    "traceparent",
    "Trailer",
    "__proto__",
    "TE",
    "Range",
    "If-None-Match",
    "Cookie",
  ),
  text,
);

const headerValue = fc.oneof(
  fc.constantFrom(
    "0",
    "1",
    "5",
    "-1",
    "1e3",
    "99999999999999999999",
    "chunked",
    "gzip, chunked",
    "identity",
    "close",
    "keep-alive, x",
    "100-continue",
    "websocket",
    "h2c",
    "text/html",
    "text/html;q=0,*/*",
    "bytes=0-",
    "",
  ),
  text,
);

const separator = fc.oneof(
  { weight: 10, arbitrary: fc.constant(": ") },
  fc.constantFrom(":", " : ", "", ":\r\n ", "\t:"),
);

const lineEnd = fc.oneof(
  { weight: 20, arbitrary: fc.constant("\r\n") },
  fc.constantFrom("\n", "\r", "\r\n ", "\r\r\n"),
);

const header = fc.tuple(headerName, separator, headerValue, lineEnd).map((parts) => parts.join(""));

const headers = fc.oneof(
  { weight: 20, arbitrary: fc.array(header, { maxLength: 6 }).map((lines) => lines.join("")) },
  fc.integer({ min: 90, max: 3000 }).map((count) => "a:b\r\n".repeat(count)),
  fc.integer({ min: 15_000, max: 70_000 }).map((length) => `a: ${"b".repeat(length)}\r\n`),
);

const chunk = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("0", "1", "5", "-1", "0x1", "ffffffffffffffff1", "g", ""),
      fc.constantFrom("\r\n", "\n", ";a=b\r\n"),
      text,
    )
    .map((parts) => `${parts.join("")}\r\n`),
  fc
    .string({ minLength: 1, maxLength: 20 })
    .map((data) => `${Buffer.byteLength(data).toString(16)}\r\n${Buffer.from(data).toString("latin1")}\r\n`),
);

const body = fc.oneof(
  fc.constant(""),
  text,
  fc
    .tuple(fc.array(chunk, { maxLength: 4 }), fc.constantFrom("0\r\n\r\n", "0\r\nA: b\r\n\r\n", ""))
    .map(([chunks, end]) => chunks.join("") + end),
  fc.constantFrom('{"a":', "a".repeat(100_000)),
);

/** A request whose every part may be valid or not. */
const malformed = fc
  .tuple(method, path, protocol, lineEnd, headers, fc.constantFrom("\r\n", "\r\n", "\r\n", ""), body)
  .map(
    ([verb, target, version, end, lines, blank, rest]) =>
      `${verb} ${target} ${version}${end}Host: x\r\n${lines}${blank}${rest}`,
  );

/** A valid request with any path and any request id. */
const wellFormed = fc
  .tuple(
    fc.constantFrom(...METHODS),
    path,
    fc.constantFrom("", "x-request-id: "),
    text,
    fc.constantFrom("", "Connection: close\r\n"),
  )
  .map(([verb, target, name, value, close]) => {
    const line = target.replaceAll(/[\0-\x20\x7f-\xff]/g, "a").slice(0, 8000) || "/";
    const id = name && `${name}${value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "")}\r\n`;
    return `${verb} ${line} HTTP/1.1\r\nHost: x\r\n${id}${close}\r\n`;
  });

/** The input of one connection, as latin1: raw bytes, one request, or several pipelined requests. */
export const connectionInput = fc.oneof(
  bytes(200),
  { weight: 4, arbitrary: malformed },
  { weight: 2, arbitrary: wellFormed },
  fc
    .array(fc.oneof(malformed, wellFormed), { minLength: 2, maxLength: 4 })
    .map((requests) => requests.join("")),
);
