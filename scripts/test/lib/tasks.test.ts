import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { UserError } from "../../src/lib/errors.ts";
import { changed, runTasks, unchanged } from "../../src/lib/tasks.ts";

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
});

const quiet = { signal: new AbortController().signal, live: false };

test("reports whether any task changed something", async () => {
  const none = { title: "a", run: async () => unchanged("as it was") };
  const one = { title: "b", run: async () => changed("done") };
  expect(await runTasks([none, none], quiet)).toBe(false);
  expect(await runTasks([none, one], quiet)).toBe(true);
});

test("a failure lists what was done, what was not, and what would have followed", async () => {
  const tasks = [
    { title: "first", run: async () => changed("done") },
    { title: "second", run: () => Promise.reject(new UserError("no space left")) },
    { title: "third", run: async () => changed("done") },
  ];
  await expect(runTasks(tasks, quiet, ["later"])).rejects.toThrow(
    "no space left\n  done: first\n  not done: second\n  not done: third\n  not done: later",
  );
});

test.each([0, 1])("an interruption during task %d of two ends with exit code 130", async (during) => {
  const interrupted = new AbortController();
  const ran: number[] = [];
  const task = (index: number) => ({
    title: `task ${index}`,
    run: async () => {
      ran.push(index);
      if (index === during) interrupted.abort();
      return changed("done");
    },
  });
  const running = runTasks([task(0), task(1)], { signal: interrupted.signal, live: false });
  await expect(running).rejects.toMatchObject({
    exitCode: 130,
    message: expect.stringContaining(`done: task ${during}`),
  });
  expect(ran).toEqual([0, 1].slice(0, during + 1));
});
