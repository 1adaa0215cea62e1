import { readdir, readFile } from "node:fs/promises";
import { LOAD_CORE, SERVER_CORE } from "../../src/adapters/taskset.ts";

/** A unit of /proc/stat, in seconds. */
const TICK_S = 0.01;

/**
 * The CPU time of all threads of a process so far, user and system, in seconds. From schedstat, in ns: /proc/<pid>/stat
 * counts ticks of 10 ms, which are too coarse for a round of one second.
 */
export async function cpuSeconds(pid: number): Promise<number> {
  let seconds = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const [nanoseconds] = (await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8")).split(" ");
    seconds += Number(nanoseconds) / 1e9;
  }
  return seconds;
}

/** The CPU time of this process and of all its children that have exited, in seconds. */
export async function ownSeconds(): Promise<number> {
  const stat = await readFile("/proc/self/stat", "utf8");
  // After the name, which may have spaces: utime, stime, cutime and cstime are fields 14 to 17 of the line.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_S;
}

/** The time in which the benchmark's two cores were busy, in seconds. It includes the time that the hypervisor took. */
export async function busySeconds(): Promise<number> {
  const stat = await readFile("/proc/stat", "utf8");
  let seconds = 0;
  for (const core of [SERVER_CORE, LOAD_CORE]) {
    const [, line = ""] = new RegExp(`^cpu${core} (.*)$`, "m").exec(stat) ?? [];
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(" ").map(Number);
    seconds += (user + nice + system + irq + softirq + steal) * TICK_S;
  }
  return seconds;
}
