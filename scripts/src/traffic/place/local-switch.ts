import { controlLocal } from "../../adapters/local-control.ts";
import { type Color, COLORS } from "../../domain/color.ts";
import { versionIn } from "../../domain/echo.ts";
import { localUrl, PORTS, STABLE_PORT } from "../../domain/ports.ts";
import { checkFrontend } from "./frontend-check.ts";
import { colorInHeader, colorOfBackend, fetchLocal, sampleLocal } from "../sample/local-sampler.ts";
import { checkResponses } from "../check/response-check.ts";
import type { Follower, Switch } from "./switch.ts";
import { TargetError } from "../check/target-error.ts";
import { versionColors } from "../sample/version-colors.ts";

/** The switch of the running `pnpm dev`. */
export function openLocalSwitch(): Switch {
  return {
    stableName: "local",
    labels: undefined,
    read: async () => ({ mode: "local", weights: await controlLocal({ method: "GET" }), enabled: true }),
    setWeights: async (weights, confirm) => {
      await confirm();
      await controlLocal({ method: "PUT", body: JSON.stringify(weights) });
    },
    manifest: async (weights) => `${JSON.stringify(weights ?? (await controlLocal({ method: "GET" })))}\n`,
    sample: sampleLocal(localUrl(STABLE_PORT), colorInHeader),
    ready: async (color) => ((await isReady(color)) ? 1 : 0),
    // The capacity needs no check: each colour has one process.
    checkTarget: (color, _need, { signal } = {}) => checkLocalTarget(color, signal),
    checkPath: async () => undefined,
    followers: findFollowers,
    readiness: async (color) => ((await isReady(color)) ? "1/1" : "0/1"),
    version: readVersion,
  };
}

async function isReady(name: keyof typeof PORTS): Promise<boolean> {
  return (await fetchLocal(`${localUrl(PORTS[name].adminPort)}/readyz`))?.status === 200;
}

async function readVersion(color: Color): Promise<string | undefined> {
  return versionIn((await fetchLocal(localUrl(PORTS[color].port)))?.body);
}

async function checkLocalTarget(color: Color, signal?: AbortSignal): Promise<void> {
  const url = localUrl(PORTS[color].port);
  if (!(await isReady(color)))
    throw new TargetError(
      `${color} is not ready: ${localUrl(PORTS[color].adminPort)}/readyz does not return 200. See the output of \`pnpm dev\`.`,
    );
  const request = async () => [(await fetchLocal(url)) ?? { body: "", color: "" }];
  await checkResponses(async () => [{ name: url, url }], { color }, request, signal);
}

/** The local frontend, if it is ready: its backend is always the stable name. */
async function findFollowers(): Promise<Follower[]> {
  if (!(await isReady("frontend"))) return [];
  const [blue, green] = await Promise.all(COLORS.map(readVersion));
  const colors = versionColors({ blue, green });
  const url = localUrl(PORTS.frontend.port);
  const follower = { name: "the local frontend", sample: sampleLocal(url, colorOfBackend(colors)) };
  if (colors.size === 0) await checkFrontend(follower);
  return [follower];
}
