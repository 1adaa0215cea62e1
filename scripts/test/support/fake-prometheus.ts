import { startService } from "./service.ts";

/** What a fake Prometheus has recorded of one colour. */
export interface Recorded {
  /** Requests and errors per second. */
  rate: number;
  errors: number;
  /** In seconds; NaN without requests. */
  p99: number;
  /** Age of the last sample, in seconds; undefined if the series has ended. */
  age?: number | undefined;
}

/** Rules that were evaluated 10 times, and what they recorded. A test changes it while it runs. */
export class FakePrometheus {
  colors: Record<string, Recorded>;
  /** The window of the rates in seconds; undefined without rules. */
  window: number | undefined = 0.05;
  windowAge = 1;
  /** Each expression that it was asked for. */
  readonly queries: string[] = [];
  /** The response to every query, instead of the results. */
  broken: { status: number; type: string; body: string } | undefined;

  constructor(colors: Record<string, Recorded>) {
    this.colors = colors;
  }

  /** Listens until the test ends. @returns its URL */
  start = (): Promise<string> =>
    startService((request, response) => {
      const query = new URL(request.url ?? "", "http://fake").searchParams.get("query") ?? "";
      this.queries.push(query);
      if (this.broken) {
        const { status, type, body } = this.broken;
        response.writeHead(status, { "content-type": type }).end(body);
        return;
      }
      const result = this.#series(query).map(([color, value]) => ({
        metric: color === "" ? {} : { color },
        value: [1, String(value)],
      }));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
    });

  #series(query: string): [color: string, value: number][] {
    const all = Object.entries(this.colors);
    const of = (value: (recorded: Recorded) => number | undefined): [string, number][] =>
      all.flatMap(([color, recorded]) => {
        const found = value(recorded);
        return found === undefined ? [] : [[color, found]];
      });
    if (query.includes("rate_window")) {
      if (this.window === undefined) return [];
      if (query.includes("timestamp")) return [["", this.windowAge]];
      return [["", query.includes("count_over_time") ? 10 : this.window]];
    }
    if (query.includes("timestamp")) return of(({ age }) => age);
    if (query.includes("errors:rate")) return of(({ errors }) => errors * 10);
    if (query.includes("_bucket:rate")) return of(({ p99 }) => p99);
    return of(({ rate }) => rate * 10);
  }
}
