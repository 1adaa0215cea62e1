import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { frontend } from "../support/frontend.ts";
import { httpUpstream, rawUpstream, VERSION_11 } from "../support/upstream.ts";

/** The headers that the backend gets if a client sends these. */
async function passedOn(headers: Record<string, string>): Promise<IncomingHttpHeaders> {
  let passed: IncomingHttpHeaders = {};
  const BACKEND = await httpUpstream((request, response) => {
    passed = request.headers;
    response.end(VERSION_11);
  });
  await frontend({ BACKEND }).app.inject({ url: "/", headers });
  return passed;
}

test.each(["blue", "green"])("the frontend passes the header of a preview of %s on", async (color) => {
  expect(await passedOn({ "X-Echo-Preview": color })).toMatchObject({ "x-echo-preview": color });
});

test.each(["", "red", "Green", "green, blue", "green\tblue", "<b>green</b>"])(
  "the frontend does not pass the preview %j on",
  async (text) => {
    const passed = await passedOn({ "x-echo-preview": text });
    expect(passed).toHaveProperty("x-request-id");
    expect(passed).not.toHaveProperty("x-echo-preview");
  },
);

test("the retry of a request has the header too", async () => {
  const requests: string[] = [];
  const BACKEND = await rawUpstream((socket, number) =>
    socket.on("data", (data) => {
      requests.push(data.toString());
      if (number === 0) socket.resetAndDestroy();
      else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${VERSION_11.length}\r\n\r\n${VERSION_11}`);
    }),
  );
  const headers = { "x-echo-preview": "green" };
  const { body } = await frontend({ BACKEND }).app.inject({ url: "/", headers });
  expect(body).toContain('"backend":"11.0"');
  expect(requests).toHaveLength(2);
  for (const request of requests) expect(request).toMatch(/^x-echo-preview: green\r$/m);
});
