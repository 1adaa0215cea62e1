import { createServer } from "node:http";

// The smallest server with the backend's JSON: the cost of the platform itself. DELAY_MS makes it a slow backend.
const BODY = '{"version":"11.0"}';
const DELAY_MS = Number(process.env.DELAY_MS ?? 0);

function respond(response) {
  response.writeHead(200, { "content-type": "application/json", "content-length": BODY.length });
  response.end(BODY);
}

createServer((_, response) => {
  if (DELAY_MS > 0) setTimeout(respond, DELAY_MS, response);
  else respond(response);
}).listen(Number(process.env.PORT));
