/** Where chunks end is counted in SQL: the same as counting the rows themselves, whatever state they are in. */
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkEnds } from "#db/repos/ledger-chunks";
import { messages } from "#db/schema/ledger";
import { messageStates } from "#domain/sending/ledger";
import { frozenPeople } from "./support/run.ts";

const moments = [null, new Date("2026-11-23T09:00:00.000Z"), new Date("2026-11-23T10:00:00.500Z")];
const rows = fc.array(fc.tuple(fc.constantFrom(...messageStates), fc.constantFrom(...moments)), {
  minLength: 1,
  maxLength: 14,
});

test("every chunk knows its end, its open rows, and how many of them are due first", async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 5 }),
      async (all, size, skip) => {
        const { scope, runId, people } = await frozenPeople(all.length);
        for (const [i, [state, notBefore]] of all.entries()) {
          const person = people[i];
          if (person) await scope.update(messages, { state, notBefore }, eq(messages.id, person.messageId));
        }
        const after = people[skip - 1]?.contactId ?? null;
        const left = after ? people.slice(skip) : people;
        const states = after ? all.slice(skip) : all;
        const expected = [];
        for (let at = 0; at < left.length; at += size) {
          const dueMs = states.slice(at, at + size).flatMap(([state, notBefore]) => {
            if (state === "queued") return [notBefore?.getTime() ?? 0];
            return state === "sending" || state === "unknown" ? [0] : [];
          });
          const dueAtMs = Math.min(...dueMs);
          expected.push({
            last: left[Math.min(at + size, left.length) - 1]?.contactId,
            count: Math.min(size, left.length - at),
            open: dueMs.length,
            dueAtMs,
            due: dueMs.filter((ms) => ms === dueAtMs).length,
          });
        }
        expect(await chunkEnds(scope, runId, after, size, 100)).toEqual(expected);
        expect(await chunkEnds(scope, runId, after, size, 1)).toEqual(expected.slice(0, 1));
      },
    ),
    { numRuns: 25 },
  );
});
