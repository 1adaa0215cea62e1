import { bundle, versionsOf } from "@echo/kit/tsup";
import { buildPage, PAGE } from "./ui-page.ts";

export default bundle("echo-frontend", versionsOf("FRONTEND_VERSION"), [
  {
    name: "live-page",
    setup: (build) =>
      build.onLoad({ filter: PAGE }, async () => ({ contents: await buildPage(), loader: "text" })),
  },
]);
