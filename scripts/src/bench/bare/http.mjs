import { createServer } from "node:http";

// The least that answers the backend's JSON: what the platform itself costs. DELAY_MS makes it a slow backend.
const BODY = '{"version":"11.0"}';
const DELAY_MS = Number(process.env.DELAY_MS ?? 0);

function answer(response) {
  response.writeHead(200, { "content-type": "application/json", "content-length": BODY.length });
  response.end(BODY);
}

createServer((_, response) => {
  if (DELAY_MS > 0) setTimeout(answer, DELAY_MS, response);
  else answer(response);
}).listen(Number(process.env.PORT));
