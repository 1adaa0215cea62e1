import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { stubOf } from "../hot-path-build.ts";

/** Evaluates an expression in which `stub` is the stub of the module `some-module`. */
function evaluate(expression: string): unknown {
  return runInNewContext(
    `const module = {}; ${stubOf("some-module")}; { const stub = module.exports; ${expression} }`,
  );
}

test("a stub allows what packages do with a module at load", () => {
  expect(evaluate("const { a, b: { c } } = stub; class D extends stub.E {}; typeof c")).toBe("function");
});

test.each([
  ["stub()", "some-module is not in the bundle"],
  ["new stub()", "some-module is not in the bundle"],
  ["stub.a.b()", "some-module.a.b is not in the bundle"],
  ["stub.a.call(null)", "some-module.a is not in the bundle"],
  ["class D extends stub.E {}; new D()", "some-module.E is not in the bundle"],
])("%s throws the name of the module", (expression, message) => {
  expect(() => evaluate(expression)).toThrow(message);
});
