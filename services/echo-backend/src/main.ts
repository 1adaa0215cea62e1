import { serve } from "@echo/kit";
import { buildApp } from "./app.ts";
import { backendSchema } from "./config.ts";

/** The build replaces these by literals. */
declare const ECHO_VERSION: string;
declare const ECHO_REVISION: string;

void serve({
  name: "echo-backend",
  version: ECHO_VERSION,
  revision: ECHO_REVISION,
  schema: backendSchema,
  build: buildApp,
});
