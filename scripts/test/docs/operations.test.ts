import { readFileSync } from "node:fs";
import * as v from "valibot";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { brokenRules } from "../../../charts/test/support/pod-security.ts";
import { ROOT } from "./support.ts";

const Pod = v.object({
  metadata: v.object({ name: v.literal("pull-check") }),
  spec: v.looseObject({ containers: v.array(v.looseObject({ name: v.string(), image: v.string() })) }),
});

test("the pod that checks a registry login is one that the restricted profile accepts", () => {
  const text = readFileSync(`${ROOT}docs/operations.md`, "utf8");
  const [, manifest = ""] = /<<EOF\n([^]*?)\nEOF\n/.exec(text) ?? [];
  const { spec } = v.parse(Pod, parse(manifest));
  expect(brokenRules(spec)).toEqual([]);
});
