import { Document } from "yaml";
import { type Target, weightsOf } from "../domain/weights.ts";
import type { ServiceName } from "../domain/workload.ts";
import { print } from "../lib/terminal.ts";
import { weightValues } from "./stable-name/traffic-release.ts";

/** Prints the values of the chart echo-traffic that a shift would set, as YAML. It reads no cluster. */
export function printValues(service: ServiceName, { color, percent }: Target): void {
  const document = new Document({});
  for (const [path, value] of Object.entries(weightValues(service, weightsOf(color, percent))))
    document.setIn(path.split("."), value);
  print(String(document).trimEnd());
}
