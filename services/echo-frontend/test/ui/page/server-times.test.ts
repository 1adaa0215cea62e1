import { expect, onTestFinished, test, vi } from "vitest";
import { ServerTimes } from "../../../src/ui/page/server-times.ts";

/** A browser that reports the times of requests when a test tells it to. */
function fakeBrowser() {
  class Entry {
    requestStart = 100;
    responseStart = 400;
    nextHopProtocol = "http/1.1";
    constructor(values: object) {
      Object.assign(this, values);
    }
  }
  let report: ((entries: Entry[]) => void) | undefined;
  class Observer {
    constructor(callback: (list: { getEntries: () => Entry[] }) => void) {
      report = (entries) => callback({ getEntries: () => entries });
    }
    observe = () => undefined;
  }
  vi.stubGlobal("PerformanceResourceTiming", Entry);
  vi.stubGlobal("PerformanceObserver", Observer);
  onTestFinished(() => void vi.unstubAllGlobals());
  return { report: (...entries: object[]) => report?.(entries.map((values) => new Entry(values))) };
}

test("assigns each time to its request, without the wait in the browser, and reports the protocol", () => {
  const { report } = fakeBrowser();
  const protocols: string[] = [];
  const times = new ServerTimes((protocol) => protocols.push(protocol));
  const first = times.expect("http://host/?1");
  const second = times.expect("http://host/?2");
  report(
    { name: "http://host/favicon.ico" },
    { name: "http://host/?2", nextHopProtocol: "h2" },
    // The response to an aborted request never began.
    { name: "http://host/?1", responseStart: 0 },
  );
  expect(second).toEqual({ serverMs: 300 });
  expect(first).toEqual({});
  expect(protocols).toEqual(["h2"]);
  report({ name: "http://host/?1", responseStart: 150 });
  expect(first).toEqual({ serverMs: 50 });
});

test("forgets requests whose times never come", () => {
  const { report } = fakeBrowser();
  const times = new ServerTimes(() => undefined);
  const first = times.expect("http://host/?0");
  for (let i = 1; i <= 1000; i++) times.expect(`http://host/?${i}`);
  report({ name: "http://host/?0" });
  expect(first).toEqual({});
});
