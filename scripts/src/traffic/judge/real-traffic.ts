import type { Prometheus, PromSeries } from "../../adapters/prometheus.ts";
import { type Color, COLORS } from "../../domain/color.ts";
import type { ServiceName } from "../../domain/workload.ts";
import { UserError } from "../../lib/errors.ts";
import type { Observation } from "./judge.ts";

// The series that the chart echo-traffic records (charts/echo-traffic/templates/prometheusrule.yaml).
const REQUESTS = "service_color:http_requests:rate";
const ERRORS = "service_color:http_request_errors:rate";
const BUCKETS = "service_color_le:http_request_duration_seconds_bucket:rate";
const WINDOW = "namespace:http_requests_rate_window:seconds";

/** Older data is stale, in seconds: Prometheus evaluates rules every 60 s by default. */
const MAX_AGE_S = 120;

/** Whose series are read. */
export interface SeriesLabels {
  namespace: string;
  service: ServiceName;
}

/** What users got in some time, by colour. A colour without data has no observation. */
export type RealTraffic = Partial<Record<Color, Observation>>;

/**
 * The window of the recorded rates, in ms: a rate needs so much time before it says nothing of earlier requests.
 * @throws {UserError} if Prometheus does not have the rules, or evaluates them no more
 */
export async function readWindow(
  prometheus: Prometheus,
  { namespace }: SeriesLabels,
  signal?: AbortSignal,
): Promise<number> {
  const series = `${WINDOW}{namespace=${JSON.stringify(namespace)}}`;
  const [window] = await prometheus.query(series, signal);
  if (window === undefined)
    throw new UserError(
      [
        `Prometheus at ${prometheus.url} has no data of the rules of echo-traffic: the metric ${series} has no samples.`,
        "Set alerts.enabled=true in the chart echo-traffic, and let Prometheus load its PrometheusRule. See docs/operations.md#monitoring.",
      ].join("\n"),
    );
  const [age] = await prometheus.query(`time() - timestamp(${series})`, signal);
  if (age === undefined || age.value > MAX_AGE_S) throw stale(prometheus, series, age?.value);
  return window.value * 1000;
}

/**
 * Reads what users got in the last `ms`, which is longer than the window of the rates. A mean of the rates whose windows lie
 * within that time covers it, also if pods were replaced meanwhile.
 * @throws {UserError} if Prometheus does not respond, or the data of `needed` is missing or stale
 */
export async function readRealTraffic(
  prometheus: Prometheus,
  labels: SeriesLabels,
  { ms, windowMs, needed }: { ms: number; windowMs: number; needed: Color },
  signal?: AbortSignal,
): Promise<RealTraffic> {
  const { namespace, service } = labels;
  const ours = `{namespace=${JSON.stringify(namespace)}, service=${JSON.stringify(service)}}`;
  const range = `[${Math.max(1, Math.floor(ms - windowMs))}ms]`;
  const byColor = async (expression: string) => colorsIn(await prometheus.query(expression, signal));
  const window = `${WINDOW}{namespace=${JSON.stringify(namespace)}}`;
  const [evaluations] = await prometheus.query(`count_over_time(${window}${range})`, signal);
  if (evaluations === undefined) throw stale(prometheus, window, undefined);
  const requests = await byColor(`sum_over_time(${REQUESTS}${ours}${range})`);
  const ages = await byColor(`time() - timestamp(${REQUESTS}${ours})`);
  const series = `${REQUESTS}{service=${JSON.stringify(service)}, color=${JSON.stringify(needed)}}`;
  if (requests[needed] === undefined) throw noData(prometheus, labels, needed, series);
  if ((ages[needed] ?? Infinity) > MAX_AGE_S) throw stale(prometheus, series, ages[needed]);
  const errors = await byColor(`sum_over_time(${ERRORS}${ours}${range})`);
  const p99s = await byColor(
    `histogram_quantile(0.99, sum by (color, le) (sum_over_time(${BUCKETS}${ours}${range})))`,
  );
  const count = (sum = 0) => (sum / evaluations.value) * (ms / 1000);
  return Object.fromEntries(
    COLORS.filter((color) => requests[color] !== undefined).map((color) => [
      color,
      { requests: count(requests[color]), errors: count(errors[color]), p99: inMs(p99s[color]) },
    ]),
  );
}

function colorsIn(series: readonly PromSeries[]): Partial<Record<Color, number>> {
  return Object.fromEntries(
    COLORS.flatMap((color) => {
      const found = series.find(({ labels }) => labels.color === color);
      return found ? [[color, found.value]] : [];
    }),
  );
}

/** Without requests a quantile is not a number. */
function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined || Number.isNaN(seconds) ? undefined : seconds * 1000;
}

function noData(prometheus: Prometheus, { namespace, service }: SeriesLabels, color: Color, series: string) {
  return new UserError(
    [
      `Prometheus at ${prometheus.url} has no data of ${service} ${color} in namespace ${namespace}: the metric ${series} has no samples.`,
      `Check that it scrapes the pods (podMonitor.enabled=true in the chart ${service}), and that ${color} gets requests.`,
    ].join("\n"),
  );
}

function stale({ url }: Prometheus, series: string, age: number | undefined) {
  const found = age === undefined ? "it ended" : `its last sample is ${age.toFixed(0)} s old`;
  return new UserError(
    [
      `The data of Prometheus at ${url} is stale: ${series} has no new samples, ${found}, expected at most ${MAX_AGE_S} s.`,
      "Check that Prometheus scrapes the pods, and evaluates its rules.",
    ].join("\n"),
  );
}
