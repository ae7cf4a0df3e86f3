/** Processor time of the processes of a bench: on a shared machine it says more than the clock on the wall. */
import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second (proc_pid_stat(5), USER_HZ). */
const tickMs = 10;

/** User and system time of a process and all its threads, in milliseconds. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in brackets may hold anything; the fields after it are numbers.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

export type CpuWatch = { readonly stop: () => Record<string, number> };

/** What each of the named processes spends until `stop`, in milliseconds. */
export function watchCpu(pids: Readonly<Record<string, number | undefined>>): CpuWatch {
  const known = Object.entries(pids).filter((entry): entry is [string, number] => entry[1] !== undefined);
  const before = known.map(([, pid]) => cpuMs(pid));
  return {
    stop: () => Object.fromEntries(known.map(([name, pid], i) => [name, cpuMs(pid) - (before[i] ?? 0)])),
  };
}

/** Microseconds for each of `count` things. */
export function perThing(spent: Readonly<Record<string, number>>, count: number): string {
  return Object.entries(spent)
    .map(([name, ms]) => `${name} ${Math.round((ms * 1_000) / count)}`)
    .join(", ");
}
