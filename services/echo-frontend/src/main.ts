import { serve } from "@echo/kit";
import { buildApp } from "./app.ts";
import { frontendSchema } from "./config.ts";

/** The build replaces these by literals. */
declare const ECHO_VERSION: string;
declare const ECHO_REVISION: string;

void serve({
  name: "echo-frontend",
  version: ECHO_VERSION,
  revision: ECHO_REVISION,
  schema: frontendSchema,
  build: buildApp,
});
