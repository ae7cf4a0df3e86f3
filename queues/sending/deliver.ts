/** Hands letters to the provider in its largest batches and turns the answers into ledger entries. */
import { type Recorded, record, release } from "#db/repos/ledger";
import { dropBatches, storeBatches } from "#db/repos/send-batches";
import { entryFor } from "#domain/sending/outcome";
import type { BatchResult, Outgoing } from "#domain/sending/provider";
import { providerTimeoutMs } from "#domain/sending/settings";
import { countSegments } from "#domain/sms/segments";
import { leaveByText } from "../replies/consent.ts";
import type { ChunkJob } from "./chunk-job.ts";
import { type Letter, packLetters } from "./inputs.ts";
import { meet, noteCall } from "./met.ts";
import { lettersPerCall, roomOf } from "./room.ts";

/** Where nothing is ever said twice, only who was in the batch is kept. */
const nothing = { values: {}, fields: {} };

const hex = (bytes: Uint8Array) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export function splitBatches(letters: readonly Letter[], size: number): Letter[][] {
  const batches: Letter[][] = [];
  for (let i = 0; i < letters.length; i += size) batches.push(letters.slice(i, i + size));
  return batches;
}

/** What became of a batch: the provider's answer about the letters that could be written. */
export type Answer = {
  readonly written: readonly Letter[];
  readonly unwritable: readonly Letter[];
  /** Parts of each written text message; absent where nothing was written anew. */
  readonly segments?: readonly number[];
  readonly result: BatchResult;
};

/**
 * One call. The key names attempt and position, so asking again after a crash is asking the same question: a letter
 * that cannot be written could not be written the first time either. Mails are written only now, as they are large.
 */
export async function call(
  job: ChunkJob,
  attemptId: Uint8Array,
  position: number,
  letters: readonly Letter[],
): Promise<Answer> {
  const written: Letter[] = [];
  const unwritable: Letter[] = [];
  const mails: Outgoing[] = [];
  const tried = await Promise.all(letters.map((letter) => job.writer.write(letter)));
  tried.forEach((mail, i) => {
    const letter = letters[i] as Letter;
    if (mail.ok) {
      written.push(letter);
      mails.push(mail.value);
    } else unwritable.push(letter);
  });
  const idempotencyKey = `${job.range.runId}-${hex(attemptId)}-${position}`;
  const segments = mails.map((mail) => (mail.channel === "sms" ? countSegments(mail.text).segments : 0));
  const options = { idempotencyKey, timeoutMs: providerTimeoutMs(job.settings) };
  const nobody = { kind: "settled", outcomes: [] } as const;
  if (mails.length === 0) return { written, unwritable, segments, result: nobody };
  const result = await job.provider.send(mails, options);
  noteCall(job.met, result);
  return { written, unwritable, segments, result };
}

/** `optedOut`: refused because the person wants nothing more, as the provider knows. */
type Entry = Recorded & { readonly optedOut?: boolean };

export type Settled = {
  /** What the ledger is to record. */
  readonly entries: Entry[];
  /** Certainly not taken: back into the queue. */
  readonly untaken: Letter[];
  /** Of unknown outcome, and the provider can be asked again with the same key: they stay claimed until then. */
  readonly open: Letter[];
};

export function settle(job: ChunkJob, answer: Answer, mayAskAgain: boolean): Settled {
  const { written: letters, unwritable, result } = answer;
  const settled: Settled = { entries: unwritable.map(notRendered), untaken: [], open: [] };
  if (result.kind === "refused") {
    job.refusal = result.refusal;
    settled.untaken.push(...letters);
    return settled;
  }
  const nowMs = job.deps.now();
  letters.forEach((letter, i) => {
    const outcome = result.outcomes[i] ?? {
      kind: "unknown" as const,
      reason: "the provider's answer named no outcome",
    };
    if (outcome.kind === "unknown" && mayAskAgain) {
      settled.open.push(letter);
      return;
    }
    if (outcome.kind === "deferred" && outcome.untried) {
      settled.untaken.push(letter);
      return;
    }
    const entry = entryFor(outcome, letter.tries, job.settings.maxTries, nowMs);
    settled.entries.push({
      contactId: letter.contactId,
      messageId: letter.messageId,
      address: letter.address,
      state: entry.state,
      reason: entry.reason,
      providerMessageId: entry.providerMessageId,
      segments: answer.segments?.[i] ?? 0,
      notBefore: entry.notBeforeMs === null ? null : new Date(entry.notBeforeMs),
      optedOut: outcome.kind === "failed" && outcome.optedOut === true,
    });
  });
  return settled;
}

const notRendered = ({ contactId, messageId, address }: Letter): Recorded => ({
  contactId,
  messageId,
  address,
  state: "skipped",
  reason: "render_failed",
  providerMessageId: null,
  notBefore: null,
});

export async function write(job: ChunkJob, attemptId: Uint8Array, settled: Settled): Promise<void> {
  const { scope, deps, range } = job;
  // People first: what was learned of their will must not be lost with the record of the attempt.
  const left = settled.entries.filter((entry) => entry.optedOut);
  await leaveByText(deps, scope, left, "provider");
  await record(scope, range.runId, attemptId, settled.entries, new Date(deps.now()));
  await release(
    scope,
    range.runId,
    attemptId,
    settled.untaken.map((l) => l.contactId),
  );
  meet(job.met, settled.entries, settled.open.length);
  for (const entry of settled.entries) {
    if (entry.state === "accepted") job.done.accepted++;
    else if (entry.state === "failed") job.done.failed++;
    else if (entry.state === "skipped") job.done.skipped++;
    else if (entry.state === "unknown") job.done.unknown++;
  }
}

/** Sends the letters an attempt has claimed. `skips` are recorded along, in the same statement. */
export async function deliver(
  job: ChunkJob,
  attemptId: Uint8Array,
  letters: readonly Letter[],
  skips: readonly Recorded[],
): Promise<void> {
  const batches = splitBatches(letters, lettersPerCall(sizeOf(job), job.provider.traits.maxBatch));
  if (job.provider.traits.idempotent) await deliverRepeatable(job, attemptId, batches, skips);
  else await deliverOnce(job, attemptId, batches, skips);
}

const sizeOf = (job: ChunkJob): number => job.writer.letterBytes ?? 0;
/** Before the look at the clock: waiting for room is part of the attempt's time. */
const inRoom = (job: ChunkJob, letters: readonly Letter[], work: () => Promise<void>) =>
  roomOf(job.deps)(letters.length * sizeOf(job), work);

/** All that will be said is stored first, so that a crash anywhere after is healed by saying it again. */
async function deliverRepeatable(
  job: ChunkJob,
  attemptId: Uint8Array,
  batches: Letter[][],
  skips: readonly Recorded[],
) {
  const { scope, range, deps } = job;
  if (batches.length > 0) {
    const packed = await Promise.all(
      batches.map(async (letters, position) => ({ position, inputs: await packLetters(letters) })),
    );
    const attempt = { id: attemptId, connectionId: job.connectionId };
    await storeBatches(scope, range.runId, attempt, packed, new Date(job.readAtMs));
  }
  const all: Settled = { entries: [...skips], untaken: [], open: [] };
  await Promise.all(
    batches.map((letters, position) =>
      inRoom(job, letters, async () => {
        if (deps.now() >= job.deadlineMs) return void all.untaken.push(...letters);
        const one = settle(job, await call(job, attemptId, position, letters), true);
        all.entries.push(...one.entries);
        all.untaken.push(...one.untaken);
        all.open.push(...one.open);
      }),
    ),
  );
  await write(job, attemptId, all);
  if (all.open.length === 0 && batches.length > 0) await dropBatches(scope, range.runId, attemptId);
}

/** Where nothing can be asked twice, each batch is announced just before it leaves and recorded right after. */
async function deliverOnce(
  job: ChunkJob,
  attemptId: Uint8Array,
  batches: Letter[][],
  skips: readonly Recorded[],
) {
  const { scope, range, deps } = job;
  await write(job, attemptId, { entries: [...skips], untaken: [], open: [] });
  const deliverOne = async (letters: readonly Letter[], position: number) => {
    // After a call that nobody answered the next would be lost as well, and with it the certainty about its people.
    if (job.refusal || job.met?.lost || deps.now() >= job.deadlineMs) {
      await write(job, attemptId, { entries: [], untaken: [...letters], open: [] });
      return;
    }
    const names = letters.map((letter) => ({ ...letter, inputs: nothing }));
    const announced = [{ position, inputs: await packLetters(names) }];
    const attempt = { id: attemptId, connectionId: job.connectionId };
    await storeBatches(scope, range.runId, attempt, announced, new Date(job.readAtMs));
    // Storing may have waited on the database for long: past the deadline others may already be at these rows.
    const settled =
      deps.now() < job.deadlineMs
        ? settle(job, await call(job, attemptId, position, letters), false)
        : { entries: [], untaken: [...letters], open: [] };
    await write(job, attemptId, settled);
  };
  for (const [position, letters] of batches.entries())
    await inRoom(job, letters, () => deliverOne(letters, position));
  await dropBatches(scope, range.runId, attemptId);
}
