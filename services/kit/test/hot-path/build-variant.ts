// Runs in a service's folder: `node build-variant.ts <service> <version> <folder> [piece]`. It bundles the service into the
// folder, with the library call in place of the piece.
import { build } from "tsup";
import { livePage } from "../../../echo-frontend/ui-page.ts";
import { TRICKS } from "../../hot-path-build.ts";
import { bundle } from "../../tsup.ts";
import { useLibrary } from "./use-library.ts";

const [service = "", version = "", outDir = "", piece] = process.argv.slice(2);
const without = TRICKS.filter((trick) => trick === piece);
const library = piece !== undefined && without.length === 0 ? [useLibrary(piece)] : [];
const page = service === "echo-frontend" ? [livePage] : [];
const [options] = [bundle(service, [version], [...page, ...library], without)].flat();
await build({ ...options, config: false, silent: true, outDir });
