import { expect, test } from "vitest";
import { TRICKS } from "../../../../services/kit/hot-path-build.ts";
import { PIECES as SOURCES } from "../../../../services/kit/test/hot-path/use-library.ts";
import { bundle, PIECES } from "../../../tools/bench/pieces.ts";

test("measures every piece of the hot path, and the error of the measurement", () => {
  const names = PIECES.map(({ name }) => name).toSorted();
  expect(names).toEqual(["control", ...new Set([...TRICKS, ...SOURCES])].toSorted());
});

test("compares the service after which a bundle is named", () => {
  expect(bundle.read("/other/echo-frontend-2.0.mjs")).toMatchObject({ service: "echo-frontend" });
  expect(bundle.read("/echo-backend/main.mjs")).toBeUndefined();
});
