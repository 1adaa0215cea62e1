import { bundle, versionsOf } from "@echo/kit/tsup";
import { livePage } from "./ui-page.ts";

export default bundle("echo-frontend", versionsOf("FRONTEND_VERSION"), [livePage]);
