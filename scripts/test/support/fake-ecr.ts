import { once } from "node:events";
import { createServer } from "node:http";
import { onTestFinished, vi } from "vitest";

/** An ECR API on the loopback with these answers by operation. @returns the operations so far */
export async function fakeEcr(answers: Record<string, object>): Promise<string[]> {
  const operations: string[] = [];
  const server = createServer((request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    operations.push(operation);
    const answer = answers[operation] ?? {};
    response.statusCode = "__type" in answer ? 400 : 200;
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  onTestFinished(() => void vi.unstubAllEnvs());
  return operations;
}
