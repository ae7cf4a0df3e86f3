/** A call that must be refused: its status, and the places it complains of. */
import { Refused } from "#test/support/client";

export async function refused(answer: Promise<unknown>): Promise<[number, string[]]> {
  const error = await answer.then(
    () => new Error("it was accepted"),
    (e) => e,
  );
  if (!(error instanceof Refused)) throw error;
  return [error.status, (error.problem.errors ?? []).map((e) => e.pointer)];
}
