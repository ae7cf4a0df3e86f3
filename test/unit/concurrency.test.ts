/** The limit holds also against those who come at the moment a place is handed on, and is not lost to failures. */
import { expect, test } from "vitest";
import { limitConcurrency } from "#db/concurrency";

const gate = () => {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
};

test("a newcomer takes no place that was promised to one who waits", async () => {
  const inTurn = limitConcurrency(1);
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const task = (name: string, until: Promise<void>) =>
    inTurn(async () => {
      order.push(name);
      most = Math.max(most, ++running);
      await until;
      running--;
    });
  const [first, others] = [gate(), gate()];
  const one = task("one", first.passed);
  const two = task("two", others.passed);
  // Comes in just as the first one's end is known, wherever in the chain of promises that is.
  const late: Promise<void>[] = [];
  first.open();
  for (let tick = 0; tick < 10; tick++) {
    late.push(task(`late ${tick}`, others.passed));
    await Promise.resolve();
  }
  others.open();
  await Promise.all([one, two, ...late]);
  expect(most).toBe(1);
  expect(order).toEqual(["one", "two", ...late.map((_, tick) => `late ${tick}`)]);
});

test("a task that fails gives its place back", async () => {
  const inTurn = limitConcurrency(1);
  await expect(inTurn(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await inTurn(async () => "next")).toBe("next");
});
