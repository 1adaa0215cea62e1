import { bundle, versionsOf } from "@echo/kit/tsup";

export default bundle("echo-frontend", versionsOf("FRONTEND_VERSION"));
