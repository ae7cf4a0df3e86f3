/** Every queue message: ids, tenant and version, never rows. The consumer reads fresh truth. */
import { z } from "zod";
import { idText } from "#domain/id-schema";
import type { RunId } from "#domain/ids";
import { mailboxGroups } from "#domain/sending/mailbox-group";

const envelope = { v: z.literal(1), tenantId: idText("ten") };

/** Send the people of one run whose contact ids lie in (`after`, `upTo`]. */
export const sendChunk = z.object({
  ...envelope,
  kind: z.literal("send.chunk"),
  campaignId: idText("cmp"),
  runId: idText("run"),
  connectionId: idText("cxn"),
  chunk: z.int().min(0),
  attempt: z.int().min(1),
  after: idText("ctc").nullable(),
  upTo: idText("ctc"),
  /** How many the connection's limiter granted; the rest of the chunk stays in the queue. */
  limit: z.int().min(1).optional(),
  /** How many of them may go to groups of mailboxes that are slowed down. */
  budgets: z.partialRecord(z.enum(mailboxGroups), z.int().min(0)).optional(),
});
export type SendChunk = z.output<typeof sendChunk>;
/** Under this name the limiter keeps what it granted to an attempt. */
export const attemptName = (runId: RunId, chunk: number, attempt: number) => `${runId}:${chunk}:${attempt}`;

/** What a recipient did, seen by our own tracking routes. */
const trackedHit = z.object({
  event: z.enum(["opened", "clicked", "unsubscribed"]),
  messageId: idText("msg"),
  linkPosition: z.int().nullable(),
  /** One per hit, minted at the edge: the key that makes a redelivery harmless. */
  hitId: z.string().max(64),
  atMs: z.number(),
  ip: z.string().max(45),
  userAgent: z.string().max(500),
  method: z.string().max(10),
  /** The number of the visitor's network, where the edge knows it. */
  asn: z.int().nullable().optional(),
});
export type TrackedHit = z.output<typeof trackedHit>;

/** A queue is paid for by message, and visitors of one mailing come in crowds: what one isolate saw within a moment. */
export const trackedHits = z.object({
  ...envelope,
  kind: z.literal("tracked.hits"),
  hits: z.array(trackedHit).min(1).max(100),
});
export type TrackedHits = z.output<typeof trackedHits>;
/** What is read together, many at a time. */
export type ReportMessage = TrackedHits | ProviderReport;

/** A provider's webhook whose signature was verified at the door; parsed by the consumer. */
export const providerReport = z.object({
  ...envelope,
  kind: z.literal("provider.report"),
  connectionId: idText("cxn"),
  /** Under this id it is kept, once, however often the queue delivers it. */
  reportId: idText("hkp").optional(),
  /** It is kept already and read again. */
  isReplay: z.boolean().optional(),
  /** The raw body; larger ones lie in R2 under `rawKey`. */
  raw: z.string().nullable(),
  rawKey: z.string().nullable(),
  method: z.string().max(10),
  /** The address that was called: some providers put what they report on into its query. */
  url: z.string().max(4_000),
  headers: z.record(z.string(), z.string()),
  receivedAtMs: z.number(),
});
export type ProviderReport = z.output<typeof providerReport>;

/** Read kept reports of one connection again: those from `from` up to `upTo`, going on after `after`. */
export const reportReplay = z.object({
  ...envelope,
  kind: z.literal("report.replay"),
  connectionId: idText("cxn"),
  from: idText("hkp"),
  upTo: idText("hkp"),
  after: idText("hkp").nullable(),
});
export type ReportReplay = z.output<typeof reportReplay>;

/** Judge the opens and clicks of a run by the present rules, going on after `after`. */
export const runRejudge = z.object({
  ...envelope,
  kind: z.literal("run.rejudge"),
  runId: idText("run"),
  after: idText("ctc").nullable(),
});
export type RunRejudge = z.output<typeof runRejudge>;

/** Go on with an import from its checkpoint. */
export const importStep = z.object({ ...envelope, kind: z.literal("import.step"), importId: idText("imp") });
export type ImportStep = z.output<typeof importStep>;

/** Look after one transactional message: send it, or find out what became of it. */
export const sendDirect = z.object({ ...envelope, kind: z.literal("send.direct"), id: idText("dir") });
export type SendDirect = z.output<typeof sendDirect>;

export const queueMessage = z.discriminatedUnion("kind", [
  sendChunk,
  sendDirect,
  trackedHits,
  providerReport,
  reportReplay,
  runRejudge,
  importStep,
]);
export type QueueMessage = z.output<typeof queueMessage>;
