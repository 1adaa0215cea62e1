import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { createDocker } from "../../src/adapters/docker.ts";
import { parseJson } from "../../src/adapters/command.ts";
import { type ServiceName, workload } from "../../src/domain/workload.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { BARE_HTTP, DOCKERFILE } from "./contenders.ts";

const Report = v.object({
  starts: v.object({ bare: v.array(v.number()), shipped: v.array(v.number()) }),
  ownBytes: v.number(),
});

export type ImageResult = Awaited<ReturnType<typeof measureImage>>;

/** Builds an image as a release does, and measures its starts and its compressed size. */
export async function measureImage(service: ServiceName, starts: number) {
  const docker = createDocker();
  const image = `${service}:bench`;
  await docker.build({
    image,
    dockerfile: DOCKERFILE,
    context: ROOT,
    args: { SERVICE: service, VERSION: workload(service, "blue").version },
  });
  const entrypoint = await docker.entrypoint(image);
  const [node = ""] = entrypoint;
  const program = await readFile(new URL("start-program.ts", import.meta.url), "utf8");
  const output = await docker.runReadOnly(image, {
    command: [node, "--input-type=module-typescript", "--eval", program],
    env: {
      ROUNDS: String(starts),
      ENTRYPOINT: JSON.stringify(entrypoint),
      BARE_PROGRAM: await readFile(BARE_HTTP.command.at(-1) ?? "", "utf8"),
    },
  });
  const report = parseJson("the start program", Report, output);
  return { service, bytes: await docker.compressedBytes(image), ...report };
}
