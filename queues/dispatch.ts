/** From a queue's batch to its consumers; each message is settled alone. */
import { errorReport } from "#domain/error-report";
import { buryMessage } from "./consumers/dead-letter.ts";
import { importContacts } from "./consumers/import-contacts.ts";
import { ingest } from "./consumers/ingest-event.ts";
import { rejudgeRun } from "./consumers/rejudge.ts";
import { replayReports } from "./consumers/replay-reports.ts";
import { sendChunk } from "./consumers/send-chunk.ts";
import { sendDirect } from "./consumers/send-direct.ts";
import { noteFailure } from "./dead-letters.ts";
import type { Deps } from "./deps.ts";
import { notifyRuns } from "./live.ts";
import { type QueueMessage, queueMessage, type ReportMessage } from "./messages.ts";
import { ack, retryAfter, type Verdict } from "./verdict.ts";

export async function dispatch(batch: MessageBatch<unknown>, deps: Deps): Promise<void> {
  if (batch.queue.endsWith("-dead")) {
    await Promise.all(
      batch.messages.map((message) =>
        settle(message, batch.queue, deps, () => buryMessage(deps, batch.queue, message)),
      ),
    );
    return;
  }
  const reports: { message: Message<unknown>; body: ReportMessage }[] = [];
  const single: Promise<void>[] = [];
  for (const message of batch.messages) {
    const parsed = queueMessage.safeParse(message.body);
    if (!parsed.success) {
      // Nothing here can read it, now or later: the dead-letter queue keeps it for a person.
      deps.log("queue.unreadable", { queue: batch.queue, id: message.id });
      await noteFailure(deps, batch.queue, message, new Error("no consumer can read this message"));
      message.retry();
      continue;
    }
    const body = parsed.data;
    if (isReport(body)) reports.push({ message, body });
    else single.push(settle(message, batch.queue, deps, () => consume(deps, body)));
  }
  await Promise.all([...single, settleReports(reports, batch.queue, deps)]);
}

const reportKinds: readonly string[] = ["tracked.hits", "provider.report"];
const isReport = (body: QueueMessage): body is ReportMessage => reportKinds.includes(body.kind);

function consume(deps: Deps, body: Exclude<QueueMessage, ReportMessage>): Promise<Verdict> {
  switch (body.kind) {
    case "send.chunk":
      return sendChunk(deps, body);
    case "send.direct":
      return sendDirect(deps, body);
    case "report.replay":
      return replayReports(deps, body);
    case "run.rejudge":
      return rejudgeRun(deps, body);
    case "import.step":
      return importContacts(deps, body);
  }
}

async function settle(
  message: Message<unknown>,
  queue: string,
  deps: Deps,
  work: () => Promise<Verdict>,
): Promise<void> {
  carryOut(message, await work().catch((error) => failed(deps, queue, error, message)));
}

async function failed(
  deps: Deps,
  queue: string,
  error: unknown,
  message: Message<unknown>,
): Promise<Verdict> {
  await noteFailure(deps, queue, message, error);
  deps.log("queue.failed", { id: message.id, attempts: message.attempts, ...errorReport(error) });
  return soonAgain(message);
}

/** A database that is away for a moment is asked again soon, one that stays away more and more seldom. */
function soonAgain({ attempts }: Message<unknown>): Verdict {
  return retryAfter(Math.min(300, 2 ** attempts));
}

function carryOut(message: Message<unknown>, verdict: Verdict): void {
  if (verdict.do === "ack") message.ack();
  else message.retry({ delaySeconds: verdict.delaySeconds });
}

/** What happened to messages is written together: a hundred reports cost a handful of statements. */
async function settleReports(
  reports: readonly { message: Message<unknown>; body: ReportMessage }[],
  queue: string,
  deps: Deps,
): Promise<void> {
  if (reports.length === 0) return;
  try {
    const { verdicts, deltas } = await ingest(
      deps,
      reports.map((r) => r.body),
    );
    reports.forEach(({ message }, i) => {
      carryOut(message, verdicts[i]?.do === "ack" ? ack : soonAgain(message));
    });
    await notifyRuns(deps, deltas);
  } catch (error) {
    for (const { message } of reports) carryOut(message, await failed(deps, queue, error, message));
  }
}
