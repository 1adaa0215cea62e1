import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { vi } from "vitest";
import { ServiceProcess } from "./process.ts";

const Hex = v.pipe(
  v.optional(v.array(v.number()), []),
  v.transform((bytes) => Buffer.from(bytes).toString("hex")),
);
const Attributes = v.pipe(
  v.optional(
    v.array(
      v.object({
        key: v.string(),
        value: v.pipe(
          v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
          v.transform((value) => Object.values(value)[0]),
        ),
      }),
    ),
    [],
  ),
  v.transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]))),
);
const SpanSchema = v.object({
  traceId: Hex,
  spanId: Hex,
  parentSpanId: Hex,
  name: v.string(),
  kind: v.string(),
  attributes: Attributes,
  status: v.optional(v.object({ code: v.optional(v.string()), message: v.optional(v.string()) }), {}),
});
const ResourceSpans = v.object({
  resource: v.object({ attributes: Attributes }),
  scopeSpans: v.array(v.object({ spans: v.array(SpanSchema) })),
});

/** A received span, with ids as hexadecimal text and attributes as an object. */
export type ReceivedSpan = v.InferOutput<typeof SpanSchema> & {
  resource: v.InferOutput<typeof Attributes>;
};

/** How long a test waits for spans, which a busy machine may delay. */
const RECEIVE_TIMEOUT_MS = 15_000;

/** A process that receives traces by OTLP, like a collector. */
export class TraceReceiver {
  readonly #process: ServiceProcess;
  /** The variables with which a service exports its spans here, almost at once. */
  readonly env: Readonly<Record<string, string>>;

  private constructor(receiver: ServiceProcess, port: number) {
    this.#process = receiver;
    this.env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_BSP_SCHEDULE_DELAY: "20" };
  }

  static async start(): Promise<TraceReceiver> {
    const receiver = new ServiceProcess(fileURLToPath(new URL("otlp-receiver.ts", import.meta.url)));
    const { port } = await receiver.logged(/"port"/);
    return new TraceReceiver(receiver, Number(port));
  }

  /** All received spans: parents before their children, and the children of one parent in the order of their end. */
  get received(): ReceivedSpan[] {
    const lines = this.#process.stdout.split("\n").slice(1, -1);
    const spans = lines.flatMap((line) => {
      const { resource, scopeSpans } = v.parse(ResourceSpans, JSON.parse(line));
      return scopeSpans.flatMap((scope) =>
        scope.spans.map((span) => ({ ...span, resource: resource.attributes })),
      );
    });
    const parents = new Map(spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]));
    const depth = (id: string | undefined): number => (id === undefined ? 0 : 1 + depth(parents.get(id)));
    return spans.toSorted((a, b) => depth(a.spanId) - depth(b.spanId));
  }

  /** Waits for `count` spans. */
  async spans(count: number): Promise<ReceivedSpan[]> {
    await vi.waitUntil(() => this.received.length >= count, { timeout: RECEIVE_TIMEOUT_MS });
    return this.received;
  }
}
