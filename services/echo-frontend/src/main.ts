import { serve } from "@echo/kit";
import { buildApp } from "./app.ts";
import { frontendSchema } from "./config.ts";

/** Written in by the build. */
declare const ECHO_VERSION: string;

await serve({ name: "echo-frontend", version: ECHO_VERSION, schema: frontendSchema, build: buildApp });
