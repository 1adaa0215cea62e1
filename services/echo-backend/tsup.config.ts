import { bundle, versionsOf } from "@echo/kit/tsup";

export default bundle("echo-backend", versionsOf("BLUE_VERSION", "GREEN_VERSION"));
