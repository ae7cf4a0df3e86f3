// Steps of a run: each prints one line with its time, and what it said when it failed.

export type StepResult = { name: string; ok: boolean; detail: string; seconds: number };

/** Returns what there is to say when it failed, or undefined when it is well. */
export type Step = { name: string; run: () => Promise<string | undefined> };

/** At most `atOnce` of them run together; results come in the order of the steps. */
export async function runSteps(steps: Step[], atOnce: number): Promise<StepResult[]> {
  const results: StepResult[] = [];
  const waiting = [...steps.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, step] = next;
      results[at] = await runStep(step);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

export async function runStep({ name, run }: Step): Promise<StepResult> {
  const began = performance.now();
  const detail = await run().catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  const seconds = (performance.now() - began) / 1000;
  const ok = detail === undefined;
  console.log(`${ok ? "✓" : "✗"} ${name.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s`);
  if (!ok) console.log(indented(detail));
  return { name, ok, detail: detail ?? "", seconds };
}

const indented = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
