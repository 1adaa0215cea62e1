import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What a registry does with what docker asks of it; what is not handled is answered as an empty registry does. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Refuses every login. */
export const refusesLogin: Fault = (_request, response) => {
  response.setHeader("www-authenticate", 'Basic realm="registry"');
  return answer(response, 401, "UNAUTHORIZED", "authentication required");
};

/** Has no room for the content of an image. Says so after it: docker, cut off while it sends, does not read the answer. */
export const isFull: Fault = (request, response) => {
  if (request.method !== "PATCH") return false;
  request.resume().once("end", () => answer(response, 507, "UNKNOWN", "no space left on device"));
  return true;
};

/** Goes away in the middle of an image's content. */
export const dropsConnection: Fault = (request) => {
  if (request.method !== "PATCH") return false;
  request.once("data", () => request.destroy());
  return true;
};

/** A registry on the loopback with one fault. Docker takes it as it is: without TLS. */
export async function startRegistry(fault: Fault) {
  const server = createServer((request, response) => {
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    if (fault(request, response)) return;
    request.resume();
    const { method, url = "" } = request;
    if (url === "/v2/") response.end("{}");
    else if (method === "POST")
      response.writeHead(202, { location: `${url}1`, "docker-upload-uuid": "1", range: "0-0" }).end();
    else answer(response, 404, "MANIFEST_UNKNOWN", "not found");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    name: `127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(response: ServerResponse, status: number, code: string, message: string): true {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
  return true;
}
