import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { createDocker } from "../adapters/docker.ts";
import { parseJson } from "../adapters/json.ts";
import { ROOT, SERVICES, type ServiceName, workload } from "../names.ts";
import { BARE_HTTP } from "./contenders.ts";

const docker = createDocker();

/** Starts of a server are cheap to measure, and vary. */
const STARTS_PER_ROUND = 4;

const Measured = v.object({
  starts: v.object({ bare: v.array(v.number()), shipped: v.array(v.number()) }),
  ownBytes: v.number(),
});

/** What was measured of a service's image. */
export interface ImageMeasured extends v.InferOutput<typeof Measured> {
  service: ServiceName;
  /** Of the whole image, compressed. */
  bytes: number;
}

/** Builds the images as a release does, and measures them. */
export async function measureImages(
  rounds: number,
  progress: (line: string) => void,
): Promise<ImageMeasured[]> {
  const images: ImageMeasured[] = [];
  for (const service of SERVICES) {
    progress(`image of ${service}`);
    images.push(await measureImage(service, rounds * STARTS_PER_ROUND));
  }
  return images;
}

async function measureImage(service: ServiceName, starts: number): Promise<ImageMeasured> {
  const { version } = workload(service, "blue");
  const image = `${service}:bench`;
  await docker.build({
    image,
    dockerfile: `${ROOT}docker/Dockerfile`,
    context: ROOT,
    args: { SERVICE: service, VERSION: version },
  });
  const [node = "", ...entrypoint] = await docker.entrypoint(image);
  const output = await docker.runReadOnly(image, {
    command: [
      ...[node, "--input-type=module-typescript", "--eval"],
      await readFile(new URL("start-program.ts", import.meta.url), "utf8"),
    ],
    env: {
      ROUNDS: String(starts),
      ENTRYPOINT: JSON.stringify([node, ...entrypoint]),
      BARE_PROGRAM: await readFile(BARE_HTTP.args.at(-1) ?? "", "utf8"),
    },
  });
  const measured = parseJson("the start program", Measured, output);
  return { service, bytes: await docker.compressedBytes(image), ...measured };
}
