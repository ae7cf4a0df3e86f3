/** From a queue's batch to its consumers; each message is settled alone. */
import { errorReport } from "#domain/error-report";
import { buryMessage } from "./consumers/dead-letter.ts";
import { importContacts } from "./consumers/import-contacts.ts";
import { ingest } from "./consumers/ingest-event.ts";
import { sendChunk } from "./consumers/send-chunk.ts";
import { sendDirect } from "./consumers/send-direct.ts";
import type { Deps } from "./deps.ts";
import { notifyRuns } from "./live.ts";
import { type ProviderReport, type QueueMessage, queueMessage, type TrackedHit } from "./messages.ts";
import { retryAfter, type Verdict } from "./verdict.ts";

export async function dispatch(batch: MessageBatch<unknown>, deps: Deps): Promise<void> {
  if (batch.queue.endsWith("-dead")) {
    await Promise.all(
      batch.messages.map((message) => settle(message, deps, () => buryMessage(deps, batch.queue, message))),
    );
    return;
  }
  const reports: { message: Message<unknown>; body: TrackedHit | ProviderReport }[] = [];
  const single: Promise<void>[] = [];
  for (const message of batch.messages) {
    const parsed = queueMessage.safeParse(message.body);
    if (!parsed.success) {
      // Nothing here can read it, now or later: the dead-letter queue keeps it for a person.
      deps.log("queue.unreadable", { queue: batch.queue, id: message.id });
      message.retry();
      continue;
    }
    const body = parsed.data;
    if (body.kind === "tracked.hit" || body.kind === "provider.report") reports.push({ message, body });
    else single.push(settle(message, deps, () => consume(deps, body)));
  }
  await Promise.all([...single, settleReports(reports, deps)]);
}

function consume(deps: Deps, body: Exclude<QueueMessage, TrackedHit | ProviderReport>): Promise<Verdict> {
  switch (body.kind) {
    case "send.chunk":
      return sendChunk(deps, body);
    case "send.direct":
      return sendDirect(deps, body);
    case "import.step":
      return importContacts(deps, body);
  }
}

async function settle(message: Message<unknown>, deps: Deps, work: () => Promise<Verdict>): Promise<void> {
  carryOut(message, await work().catch((error) => failed(deps, error, message)));
}

function failed(deps: Deps, error: unknown, message: Message<unknown>): Verdict {
  deps.log("queue.failed", { id: message.id, attempts: message.attempts, ...errorReport(error) });
  return retryAfter(Math.min(300, 2 ** message.attempts));
}

function carryOut(message: Message<unknown>, verdict: Verdict): void {
  if (verdict.do === "ack") message.ack();
  else message.retry({ delaySeconds: verdict.delaySeconds });
}

/** What happened to messages is written together: a hundred reports cost a handful of statements. */
async function settleReports(
  reports: readonly { message: Message<unknown>; body: TrackedHit | ProviderReport }[],
  deps: Deps,
): Promise<void> {
  if (reports.length === 0) return;
  try {
    const { verdicts, deltas } = await ingest(
      deps,
      reports.map((r) => r.body),
    );
    reports.forEach(({ message }, i) => {
      carryOut(message, verdicts[i] ?? retryAfter(5));
    });
    await notifyRuns(deps, deltas);
  } catch (error) {
    for (const { message } of reports) carryOut(message, failed(deps, error, message));
  }
}
