import { createServer } from "node:http";
import { request } from "undici";

// The smallest server that requests a backend once per request and returns its version.
async function respond(response) {
  const { body } = await request(process.env.BACKEND);
  const { version } = await body.json();
  const text = JSON.stringify({ version: "2.0", backend: version });
  response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
  response.end(text);
}

createServer((_, response) => void respond(response)).listen(Number(process.env.PORT));
