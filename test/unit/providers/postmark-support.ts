/** Postmark's fake for one test, and the adapter over real HTTP to it. */
import { afterEach } from "vitest";
import { idMint } from "#domain/ports";
import type { BatchResult, OutgoingEmail } from "#domain/sending/provider";
import type { Connection } from "#queues/providers/index";
import { openPostmark } from "#queues/providers/postmark/adapter";
import { type PostmarkFake, type PostmarkOptions, startPostmark } from "../../fakes/postmark.ts";

export const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
export const tenantId = newId("ten");
const running: PostmarkFake[] = [];
afterEach(async () => {
  for (const fake of running.splice(0)) await fake.stop();
});

export async function serve(options: PostmarkOptions = {}): Promise<PostmarkFake> {
  const fake = await startPostmark(options);
  running.push(fake);
  return fake;
}

export function connectionTo(fake: { baseUrl: string }, over: Partial<Connection> = {}): Connection {
  return {
    tenantId,
    id: newId("cxn"),
    kind: "postmark",
    settings: { base_url: `${fake.baseUrl}/`, message_stream: "broadcast" },
    secrets: { api_key: "postmark-test-token" },
    ...over,
  };
}

export const send = (fake: PostmarkFake, batch: readonly OutgoingEmail[], timeoutMs = 5_000) =>
  openPostmark({ now: Date.now }, connectionTo(fake)).send(batch, { idempotencyKey: "k", timeoutMs });
export const kinds = (result: BatchResult) =>
  result.kind === "settled" ? result.outcomes.map((o) => o.kind) : [result.refusal.kind];
