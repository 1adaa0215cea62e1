import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";

/**
 * A receiver of traces in a process of its own. Like a collector, it accepts OTLP's protobuf on /v1/traces. It writes its
 * address and then each ResourceSpans as one line of JSON.
 */

const root = await protobuf.load(fileURLToPath(new URL("otlp-trace.proto", import.meta.url)));
const Request = root.lookupType("ExportTraceServiceRequest");

async function receive(request: IncomingMessage): Promise<number> {
  if (request.method !== "POST" || request.url !== "/v1/traces") return 404;
  if (request.headers["content-type"] !== "application/x-protobuf") return 415;
  const message = Request.decode(await buffer(request));
  const { resourceSpans = [] } = Request.toObject(message, { longs: Number, enums: String, bytes: Array });
  for (const spans of resourceSpans) process.stdout.write(`${JSON.stringify(spans)}\n`);
  return 200;
}

const server = createServer((request, response) => {
  void receive(request).then((status) =>
    // An empty body is an empty ExportTraceServiceResponse.
    response.writeHead(status, { "content-type": "application/x-protobuf" }).end(),
  );
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
