import { expect, test } from "vitest";
import { Grid } from "../../../src/ui/page/grid.ts";

const shown = (grid: Grid<string>) =>
  Array.from({ length: grid.capacity }, (_, place) => grid.at(place) ?? "_").join("");

test("a new cell overwrites the oldest in place, with a gap after it", () => {
  const grid = new Grid<string>();
  grid.resize(5);
  for (const cell of "abcd") grid.add(cell);
  expect(shown(grid)).toBe("abcd_");
  expect(grid.add("e")).toEqual([4, 0]);
  expect(shown(grid)).toBe("_bcde");
  expect(grid.add("f")).toEqual([0, 1]);
  expect(shown(grid)).toBe("f_cde");
});

test("a smaller grid keeps the newest cells, a larger one all, in their order", () => {
  const grid = new Grid<string>();
  grid.resize(5);
  for (const cell of "abcdefg") grid.add(cell);
  expect(shown(grid)).toBe("fg_de");
  grid.resize(4);
  expect(shown(grid)).toBe("efg_");
  grid.resize(6);
  expect(shown(grid)).toBe("efg___");
  grid.add("h");
  expect(shown(grid)).toBe("efgh__");
  grid.clear();
  expect(shown(grid)).toBe("______");
});
