/** Short notices at the edge of the screen: something was done, and how to take it back. Never for wrong input. */
import { toast } from "svelte-sonner";
import { ApiProblem } from "#lib/api/problem.ts";

export const undoMs = 8_000;

export function notify(message: string, description?: string): void {
  toast(message, { description });
}

/** `undo` takes back what was done; it may be called for eight seconds. */
export function notifyUndo(message: string, undo: () => Promise<unknown> | unknown): void {
  toast(message, {
    duration: undoMs,
    action: { label: "Undo", onClick: () => void Promise.resolve(undo()).catch(notifyProblem) },
  });
}

/** For acts without a form: says what happened and what to do. */
export function notifyProblem(error: unknown): void {
  if (!(error instanceof ApiProblem)) throw error;
  if (error.status === 401) return; // The login page says it.
  const field = Object.values(error.fields)[0];
  toast.error(error.message, {
    description: field ?? (error.status >= 500 && error.requestId ? `Request ${error.requestId}` : undefined),
    duration: undoMs,
  });
}
