/** The table of queues says what wrangler.toml says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isLastAttempt, queues } from "#queues/queue-names";

test("every queue with a dead-letter queue is in the table, with its binding and its retries", () => {
  const text = readFileSync(join(import.meta.dirname, "../../wrangler.toml"), "utf8");
  const blocks = text.split(/^\[\[/m).map((block) => ({
    is: block.slice(0, block.indexOf("]]")),
    value: (key: string) => new RegExp(`^${key} = "?([^"\\n]+)"?$`, "m").exec(block)?.[1] ?? "",
  }));
  const declared: Record<string, unknown> = {};
  for (const consumer of blocks.filter(
    (b) => b.is === "queues.consumers" && b.value("dead_letter_queue") !== "",
  )) {
    const queue = consumer.value("queue");
    const producer = blocks.find((b) => b.is === "queues.producers" && b.value("queue") === queue);
    declared[queue] = {
      binding: producer?.value("binding"),
      maxRetries: Number(consumer.value("max_retries")),
    };
  }
  expect(declared).toEqual(queues);
  expect(Object.keys(declared).length).toBeGreaterThan(2);
});

test("the last attempt is the one after which the queue gives up", () => {
  expect(isLastAttempt("larkpost-send", 5)).toBe(false);
  expect(isLastAttempt("larkpost-send", 6)).toBe(true);
  expect(isLastAttempt("somebody-elses", 99)).toBe(false);
});
