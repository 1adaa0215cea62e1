import { expect, test } from "vitest";
import { openPrometheus } from "../../../src/adapters/prometheus.ts";
import { readRealTraffic, readWindow } from "../../../src/traffic/judge/real-traffic.ts";
import { FakePrometheus } from "../../support/fake-prometheus.ts";

const LABELS = { namespace: "demos", service: "echo-backend" } as const;
const GOOD = { rate: 20, errors: 0, p99: 0.012, age: 1 };
const FIVE_SECONDS = { ms: 5000, windowMs: 2000, needed: "green" } as const;

async function open(colors: FakePrometheus["colors"]) {
  const fake = new FakePrometheus(colors);
  return { fake, prometheus: openPrometheus(await fake.start()) };
}

test("the requests are the mean rate over the whole time, by colour", async () => {
  const { fake, prometheus } = await open({ blue: GOOD, green: { ...GOOD, rate: 10, errors: 1, p99: 0.5 } });
  expect(await readRealTraffic(prometheus, LABELS, FIVE_SECONDS)).toEqual({
    blue: { requests: 100, errors: 0, p99: 12 },
    green: { requests: 50, errors: 5, p99: 500 },
  });
  expect(fake.queries).toContain(
    'sum_over_time(service_color:http_requests:rate{namespace="demos", service="echo-backend"}[3000ms])',
  );
});

test("the p99 is unknown without requests", async () => {
  const { prometheus } = await open({ green: { ...GOOD, p99: NaN } });
  expect((await readRealTraffic(prometheus, LABELS, FIVE_SECONDS)).green?.p99).toBeUndefined();
});

test("a metric without samples of the needed colour is an error that names it", async () => {
  const { prometheus } = await open({ blue: GOOD });
  await expect(readRealTraffic(prometheus, LABELS, FIVE_SECONDS)).rejects.toThrow(
    /^Prometheus at \S+ has no data of echo-backend green in namespace demos: the metric service_color:http_requests:rate\{.*color="green"\} has no samples\.$/m,
  );
});

test.each([
  [undefined, "it ended"],
  [121, "its last sample is 121 s old"],
])("data whose last sample is %s s old is stale", async (age, found) => {
  const { prometheus } = await open({ green: { ...GOOD, age } });
  await expect(readRealTraffic(prometheus, LABELS, FIVE_SECONDS)).rejects.toThrow(
    new RegExp(`^The data of Prometheus at \\S+ is stale: .*, ${found}, expected at most 120 s\\.$`, "m"),
  );
});

test("the window is that of the rules", async () => {
  const { fake, prometheus } = await open({});
  fake.window = 60;
  expect(await readWindow(prometheus, LABELS)).toBe(60_000);
});

test("rules that Prometheus does not have are an error that says how to add them", async () => {
  const { fake, prometheus } = await open({ blue: GOOD });
  fake.window = undefined;
  await expect(readWindow(prometheus, LABELS)).rejects.toThrow(
    /no data of the rules of echo-traffic: [^]*alerts\.enabled=true/,
  );
});

test("rules that Prometheus no longer evaluates are stale", async () => {
  const { fake, prometheus } = await open({ blue: GOOD });
  fake.windowAge = 200;
  await expect(readWindow(prometheus, LABELS)).rejects.toThrow(/is stale: .*its last sample is 200 s old/);
});
