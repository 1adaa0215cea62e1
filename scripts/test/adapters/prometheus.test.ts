import { expect, test } from "vitest";
import { freePort } from "../../../services/kit/test/support/address.ts";
import { openPrometheus } from "../../src/adapters/prometheus.ts";
import { UserError } from "../../src/lib/errors.ts";
import { startService } from "../support/service.ts";

/** A server that gives every request the same response. */
function respondWith(body: string, status = 200, type = "application/json") {
  return startService((_request, response) => response.writeHead(status, { "content-type": type }).end(body));
}

const success = (result: object[]) =>
  JSON.stringify({ status: "success", data: { resultType: "vector", result } });

test("returns the series of an expression, of an API below a path", async () => {
  const paths: unknown[] = [];
  const url = await startService((request, response) => {
    paths.push(request.url);
    response.end(success([{ metric: { color: "green" }, value: [1767225600.1, "0.5"] }]));
  });
  const series = await openPrometheus(`${url}/prometheus/`).query('up{a="b c"}');
  expect(series).toEqual([{ labels: { color: "green" }, value: 0.5 }]);
  expect(paths).toEqual(["/prometheus/api/v1/query?query=up%7Ba%3D%22b%20c%22%7D"]);
});

test.each([
  ["an HTML page", "<html>Sign in</html>", 200, "text/html", "returned status 200, text/html"],
  ["a page that is not found", "404 page not found", 404, "text/plain", "returned status 404, text/plain"],
  ["JSON of something else", '{"status":"ok"}', 200, "application/json", "returned status 200, application"],
])("says that %s is no Prometheus", async (_what, body, status, type, found) => {
  const url = await respondWith(body, status, type);
  await expect(openPrometheus(url).query("up")).rejects.toThrow(
    `Invalid --prometheus "${url}": expected the URL of a Prometheus, but ${url}/api/v1/query ${found}`,
  );
});

test("says why Prometheus refused an expression, without control characters", async () => {
  const url = await respondWith(
    JSON.stringify({ status: "error", error: "query \u001b[31mtimed\nout" }),
    503,
  );
  await expect(openPrometheus(url).query("up")).rejects.toThrow(
    `Prometheus at ${url} refused a query: query [31mtimed out`,
  );
});

test("says that nothing listens, with the cause", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const error: unknown = await openPrometheus(url)
    .query("up")
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    message: expect.stringMatching(/^Prometheus at \S+ did not respond: connect ECONNREFUSED/),
    cause: expect.any(Error),
  });
});

test("gives up when a Prometheus does not respond in time", async () => {
  const url = await startService(() => undefined);
  await expect(openPrometheus(url, 20).query("up")).rejects.toThrow("did not respond: nothing within 0.02 s");
});

test("ends a query with the reason of an interruption", async () => {
  const interrupted = new AbortController();
  const url = await startService(() => interrupted.abort(new Error("interrupted")));
  await expect(openPrometheus(url).query("up", interrupted.signal)).rejects.toThrow("interrupted");
});
