import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";

/** Handles a request of docker in a faulty way. If it returns false, the registry responds as an empty one does. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Refuses every login. */
export const refusesLogin: Fault = (_request, response) => {
  response.setHeader("www-authenticate", 'Basic realm="registry"');
  return respond(response, 401, "UNAUTHORIZED", "authentication required");
};

/** Has no space for a layer. It responds after the upload: docker does not read a response while it sends. */
export const isFull: Fault = (request, response) => {
  if (request.method !== "PATCH") return false;
  request.resume().once("end", () => respond(response, 507, "UNKNOWN", "no space left on device"));
  return true;
};

/** Closes the connection in the middle of a layer. */
export const dropsConnection: Fault = (request) => {
  if (request.method !== "PATCH") return false;
  request.once("data", () => request.destroy());
  return true;
};

/** Starts a registry with one fault on the loopback, where docker accepts it without TLS. */
export async function startRegistry(fault: Fault) {
  const server = createServer((request, response) => {
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    if (fault(request, response)) return;
    request.resume();
    const { method, url = "" } = request;
    if (url === "/v2/") response.end("{}");
    else if (method === "POST")
      response.writeHead(202, { location: `${url}1`, "docker-upload-uuid": "1", range: "0-0" }).end();
    else respond(response, 404, "MANIFEST_UNKNOWN", "not found");
  });
  const port = await listen(server);
  return {
    name: `127.0.0.1:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function respond(response: ServerResponse, status: number, code: string, message: string): true {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
  return true;
}
