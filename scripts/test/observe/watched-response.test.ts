import { expect, test } from "vitest";
import { parseResponse } from "../../src/observe/watched-response.ts";

test.each([
  ["of a frontend", '{"backend":"13.0","version":"2.0"}\t200\t0.005\tblue\tgreen', "13.0", "green"],
  ["of a backend", '{"version":"13.0"}\t200\t0.005\tblue\t', "13.0", "blue"],
  ["of an older frontend", '{"backend":"11.0","version":"2.0"}\t200\t0.005\tblue\t', "11.0", undefined],
  ["of none", "\t000\t5.0\t\t", "no response", undefined],
])(
  "the version and the colour of a backend are what the response shows: %s",
  (_what, line, backend, color) => {
    expect(parseResponse(line)).toMatchObject({ backend, color });
  },
);

test("a response has its status and its time in ms", () => {
  expect(parseResponse('{"version":"13.0"}\t503\t0.25\tblue\t')).toMatchObject({
    status: 503,
    milliseconds: 250,
  });
});
