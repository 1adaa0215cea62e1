import { beforeAll, expect, test } from "vitest";
import { DEFAULT_BACKEND_VERSIONS } from "../src/domain/version.ts";
import { previewHeader } from "../src/domain/preview.ts";
import { COLORS } from "../src/domain/color.ts";
import { cli } from "./support/commands.ts";
import { eventually } from "./support/limits.ts";
import { FRONTEND, prepare } from "./support/state.ts";
import { cluster, curl, url } from "./support/system.ts";
import { shiftTo, upgradeTraffic, weights } from "./support/traffic.ts";

beforeAll(() => prepare("gateway"));

/** The version of the backend that a frontend's user gets for a preview of green. */
async function previewOfGreen(): Promise<string> {
  const headers = [previewHeader("green")];
  const [response] = await cluster.jumpbox.request([url(FRONTEND.name)], { headers });
  return response?.body ?? "";
}

test.each(COLORS)(
  "a preview of %s reaches it from the user's end, and moves no other request",
  async (color) => {
    const { exitCode, stdout, stderr } = await cli("preview", color);
    expect(exitCode, stderr).toBe(0);
    expect(
      stdout.match(new RegExp(`^200 {"backend":"${DEFAULT_BACKEND_VERSIONS[color]}"`, "gm")),
    ).toHaveLength(5);
    const others = await curl(url(FRONTEND.name), 100);
    expect(
      others.filter((body) => body.includes(`"backend":"${DEFAULT_BACKEND_VERSIONS.blue}"`)),
    ).toHaveLength(100);
  },
);

test("without the preview the header has no effect, and a shift does not need it", async () => {
  await upgradeTraffic(["--set", "preview.enabled=false"]);
  await eventually("a preview that has no effect", async () => {
    return (await previewOfGreen()).includes(`"backend":"${DEFAULT_BACKEND_VERSIONS.blue}"`) || undefined;
  });
  const { exitCode, stderr } = await cli("preview", "green");
  expect(stderr).toContain("The preview is off");
  expect(exitCode).toBe(1);
  await shiftTo("green");
  expect(await weights()).toEqual({ blue: 0, green: 100 });
});
