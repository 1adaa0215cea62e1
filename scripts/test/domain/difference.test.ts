import { expect, test } from "vitest";
import { differences } from "../../src/domain/difference.ts";

test.each([
  [{ a: 1 }, { a: 1 }, []],
  [{ a: 1 }, { a: 2 }, [{ path: "a", found: 1, expected: 2 }]],
  [{ a: { b: [] } }, { a: {} }, [{ path: "a.b", found: [], expected: undefined }]],
  [{}, { a: null }, [{ path: "a", found: undefined, expected: null }]],
  [["x"], ["x", "y"], [{ path: "[1]", found: undefined, expected: "y" }]],
  [{ a: [] }, { a: {} }, []],
])("of %j from %j: %j", (found, expected, result) => {
  expect(differences(found, expected)).toEqual(result);
});

function env(...names: string[]) {
  return { env: names.map((name) => ({ name, value: name })) };
}

test("elements with names belong together, in any order", () => {
  expect(differences(env("A", "B"), env("B", "A"))).toEqual([]);
  expect(differences(env("A", "B"), env("A"))).toEqual([
    { path: "env[B]", found: { name: "B", value: "B" }, expected: undefined },
  ]);
});
