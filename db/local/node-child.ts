// A Node program of ours as a child: told its options and answering over IPC, and gone when its parent is.
import { fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Child, guardChild } from "./child.ts";

export type NodeChild<Ready> = Child & {
  ready: Ready;
  /** Calls what the child offers by that name. */
  call(name: string, input?: unknown): Promise<unknown>;
};

type Answer = { id: number; ok?: unknown; error?: string };
type Note = { note: string; value: unknown };

/** Starts `script` and waits for what it reports when it is ready. Rejects with its error when it cannot start. */
export async function startNodeChild<Options, Ready>(
  script: URL,
  options: Options,
  settings: {
    logFile: string;
    env?: Partial<NodeJS.ProcessEnv>;
    /** Hears what the child reports unasked. */
    onNote?: (note: string, value: unknown) => void;
  },
): Promise<NodeChild<Ready>> {
  const log = openSync(settings.logFile, "a");
  const process_ = fork(fileURLToPath(script.href), [], {
    stdio: ["ignore", log, log, "ipc"],
    detached: true,
    serialization: "advanced",
    env: { ...process.env, ...settings.env },
  });
  closeSync(log);
  const child = guardChild(process_);
  const waiting = new Map<number, (answer: Answer) => void>();
  let calls = 0;
  process_.on("message", (answer: Answer | Note) => {
    if ("note" in answer) return settings.onNote?.(answer.note, answer.value);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const died = () => {
    for (const [id, settle] of waiting) settle({ id, error: `ended early, see ${settings.logFile}` });
    waiting.clear();
  };
  child.exited.then(died, died);
  const call = async (name: string, input?: unknown) => {
    const id = ++calls;
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      if (!process_.connected) died();
      else process_.send({ id, name, input }, (error) => error && died());
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.ok;
  };
  try {
    return { ...child, ready: (await call("start", options)) as Ready, call };
  } catch (error) {
    await child.stop("SIGKILL");
    throw error;
  }
}

export type Calls = Record<string, (input: never) => unknown>;

/** The child's side: reports something unasked. */
export function tellParent(note: string, value: unknown): void {
  if (process.connected) process.send?.({ note, value } satisfies Note);
}

/** The child's side: answers the parent's calls, `start` first; ends when the parent has gone. */
export function answerParent(calls: Calls): void {
  // Later listeners of the same event still run before the exit.
  process.on("disconnect", () => setImmediate(() => process.exit(0)));
  // Ctrl-C is for the launcher, which ends its children in order.
  process.on("SIGINT", () => {});
  process.on("message", async ({ id, name, input }: { id: number; name: string; input: unknown }) => {
    const answer: Answer = { id };
    try {
      const act = calls[name];
      if (!act) throw new Error(`no call named ${name}`);
      answer.ok = await act(input as never);
    } catch (error) {
      answer.error = error instanceof Error ? error.message : String(error);
    }
    if (process.connected) process.send?.(answer);
  });
}
