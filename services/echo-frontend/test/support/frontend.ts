import { parseConfig } from "@echo/kit";
import { testContext } from "@echo/kit/testing";
import { onTestFinished } from "vitest";
import { buildApp } from "../../src/app.ts";
import { frontendSchema } from "../../src/config.ts";

/** A frontend that a test requests without a socket. */
export function frontend(env: Record<string, string> = {}) {
  const { context, lines } = testContext("2.0");
  const app = buildApp(parseConfig(frontendSchema, env), context);
  onTestFinished(() => app.close());
  const getEcho = async () => {
    const { statusCode, body } = await app.inject("/");
    return { status: statusCode, body, echo: JSON.parse(body) };
  };
  return { app, getEcho, lines };
}
