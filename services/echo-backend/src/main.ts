import { serve } from "@echo/kit";
import { buildApp } from "./app.ts";
import { backendSchema } from "./config.ts";
import { addFaultRoutes } from "./fault-routes.ts";
import { createFaults } from "./faults.ts";

/** The build replaces these by literals. */
declare const ECHO_VERSION: string;
declare const ECHO_REVISION: string;

void serve({
  name: "echo-backend",
  version: ECHO_VERSION,
  revision: ECHO_REVISION,
  schema: backendSchema,
  build: (config, context, admin) => {
    const faults = createFaults(config);
    const onChange = () => context.logger.warn({ faults: faults.state() }, "simulated faults changed");
    if (config.FAULTS === "on") addFaultRoutes(admin, faults, onChange);
    return buildApp(config, context, faults);
  },
});
