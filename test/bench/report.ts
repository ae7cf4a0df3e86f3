/** How a bench reports: its figure, the ceiling of the same run, their ratio, and on what machine. */
import { cpus, totalmem } from "node:os";

export type Measured = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ceiling: number;
  readonly ratio: number;
  readonly runs: number;
  readonly extra?: Record<string, number>;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

const rounded = (value: number) => Math.round(value * 1_000) / 1_000;

export function jsonLine(measured: Measured): string {
  const { extra, ...rest } = measured;
  const figures = { ...rest, ...extra };
  const shown = Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [key, typeof value === "number" ? rounded(value) : value]),
  );
  return JSON.stringify({ ...shown, machine: machine() });
}

export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model.trim() ?? "unknown processor"}, ${memory} GiB, Node ${process.versions.node}`;
}
