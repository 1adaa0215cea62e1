import { createServer } from "node:http";
import { request } from "undici";

// The least that asks a backend once for each request and passes its version on.
async function answer(response) {
  const { body } = await request(process.env.BACKEND);
  const { version } = await body.json();
  const text = JSON.stringify({ version: "2.0", backend: version });
  response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
  response.end(text);
}

createServer((_, response) => void answer(response)).listen(Number(process.env.PORT));
