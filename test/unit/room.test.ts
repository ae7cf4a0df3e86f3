/** Room for written mails: never more at once than fits, in turn, and nobody waits for ever. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { lettersPerCall, newRoom, roomOf } from "#queues/sending/room";

test("at no moment is there more in the room than fits, unless one alone is larger; everybody gets in, in order", async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 130 }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.scheduler(), async (needs, schedule) => {
      const inRoom = newRoom(100);
      const inside = new Set<number>();
      const entered: number[] = [];
      const all = needs.map((bytes, i) =>
        inRoom(bytes, async () => {
          inside.add(i);
          entered.push(i);
          const taken = [...inside].reduce((sum, one) => sum + (needs[one] ?? 0), 0);
          expect(taken <= 100 || [...inside].filter((one) => needs[one]).length === 1).toBe(true);
          await schedule.schedule(Promise.resolve(), String(i));
          inside.delete(i);
        }),
      );
      await schedule.waitFor(Promise.all(all));
      expect(entered).toEqual([...needs.keys()]);
    }),
  );
});

test("whoever fails leaves the room like any other", async () => {
  const inRoom = newRoom(10);
  await expect(inRoom(10, () => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
  expect(await inRoom(10, async () => "in")).toBe("in");
});

test("small letters go in the provider's largest calls, large ones in fewer, and the largest alone", () => {
  expect(lettersPerCall(0, 1_000)).toBe(1_000);
  expect(lettersPerCall(36_000, 500)).toBe(500);
  expect(lettersPerCall(300_000, 500)).toBe(80);
  expect(lettersPerCall(90_000_000, 500)).toBe(1);
});

test("chunks of one invocation share a room", () => {
  const deps = {};
  expect(roomOf(deps)).toBe(roomOf(deps));
  expect(roomOf({})).not.toBe(roomOf(deps));
});
