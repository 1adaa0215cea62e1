import { Agent, type Dispatcher } from "undici";
import { requestText } from "../../adapters/http-text.ts";
import { type Color, isColor } from "../../domain/color.ts";
import { type ColorHeaders, colorHeaders } from "../../domain/echo.ts";
import { SAMPLE_ID } from "../../domain/ports.ts";
import type { Sample, Sampler } from "../../domain/sample.ts";
import { backendColor, type VersionColors } from "./version-colors.ts";

/** Each has one request at a time: more would measure their wait for each other. */
const PARALLEL = 4;
const REQUEST_TIMEOUT_MS = 2000;
/** Ends the samples of a service that hangs, in ms. */
const BATCH_MS = 10_000;

interface LocalResponse extends ColorHeaders {
  status: number;
  body: string;
}

/** The colour that a response shows. */
type ColorOf = (response: LocalResponse) => Color | undefined;

/** The colour of the service itself. */
export const colorInHeader: ColorOf = ({ color }) => (isColor(color) ? color : undefined);

/** The colour of a frontend's backend. */
export function colorOfBackend(colors: VersionColors): ColorOf {
  return ({ body, backendColor: header }) => backendColor(header, body, colors);
}

/** A response; undefined without one in time. */
export async function fetchLocal(
  url: string,
  { dispatcher, headers }: { dispatcher?: Dispatcher; headers?: Readonly<Record<string, string>> } = {},
): Promise<LocalResponse | undefined> {
  try {
    const { status, body, header } = await requestText(url, {
      ...(dispatcher && { dispatcher }),
      headers: { "x-request-id": SAMPLE_ID, ...headers },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return { status, body, ...colorHeaders(header) };
  } catch {
    return undefined;
  }
}

/** Samples a URL of this machine over 4 connections, each of which sends its next request after a response. */
export function sampleLocal(url: string, colorOf: ColorOf): Sampler {
  return async (count, signal) => {
    const samples: Sample[] = [];
    const dispatcher = new Agent({ connections: PARALLEL, pipelining: 1 });
    const end = performance.now() + BATCH_MS;
    let started = 0;
    const connection = async () => {
      while (started < count && performance.now() < end) {
        if (signal?.aborted) return;
        started++;
        const start = performance.now();
        const response = await fetchLocal(url, { dispatcher });
        const milliseconds = performance.now() - start;
        samples.push({ status: response?.status ?? 0, milliseconds, color: response && colorOf(response) });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, connection));
    await dispatcher.close();
    signal?.throwIfAborted();
    return samples;
  };
}
