/** What a coordinator remembers between two moments; parsed on every load, rebuilt from the ledger when lost. */
import { z } from "zod";
import { pauseReasons } from "#domain/campaign/state";
import { idText } from "#domain/id-schema";
import type { ConnectionId } from "#domain/ids";
import type { Refusal } from "#domain/sending/provider";

export const runIdentity = z.object({
  tenantId: idText("ten"),
  campaignId: idText("cmp"),
  runId: idText("run"),
  connectionId: idText("cxn"),
});
export type RunIdentity = z.output<typeof runIdentity>;

/** One connection of the run's route, and what the run has met with it since the start or the last resume. */
const runWay = z.object({
  connectionId: idText("cxn"),
  weight: z.int(),
  /** What the weights owe it (domain/sending/route.ts). */
  credit: z.number(),
  /** What the error threshold looks at. */
  attempted: z.int(),
  refused: z.int(),
  /** Provider calls in a row that it could not take. */
  unavailable: z.int(),
  /** Taken out of the run until a person has put it right. */
  out: z.object({ reason: z.enum(pauseReasons), detail: z.string() }).nullable(),
  quota: z.object({ untilMs: z.number(), detail: z.string() }).nullable(),
});
export type RunWay = z.output<typeof runWay>;

export const runProgress = z.object({
  identity: runIdentity,
  frozen: z.boolean().default(false),
  /** Where the freeze (or the drawing of chunks) stands: everything up to this contact is done. */
  cursor: idText("ctc").nullable().default(null),
  chunks: z.int().default(0),
  /** Counts for the live picture. The ledger corrects them whenever a run settles. */
  audience: z.int().default(0),
  skipped: z.int().default(0),
  accepted: z.int().default(0),
  failed: z.int().default(0),
  unknown: z.int().default(0),
  delivered: z.int().default(0),
  bounced: z.int().default(0),
  opened: z.int().default(0),
  clicked: z.int().default(0),
  /** Empty until it was read from the run. */
  ways: z.array(runWay).default([]),
  lookedAtOutMs: z.number().default(0),
  /** What keeps the run from going on at this moment, where that is worth telling. */
  waiting: z
    .object({ for: z.enum(["slow_down", "quota", "warm_up"]), untilMs: z.number() })
    .nullable()
    .default(null),
  /** A chunk that our own side failed at again and again, with the last error. */
  trouble: z.object({ chunk: z.int(), times: z.int(), error: z.string() }).nullable().default(null),
  /** Cancelled, and the waiting chunks dropped. */
  windingUp: z.boolean().default(false),
  /** A pause that ends by itself, when a quota returns. */
  resumeAtMs: z.number().nullable().default(null),
});
export type RunProgress = z.output<typeof runProgress>;

/** What the consumer of a chunk tells the coordinator. */
export type ChunkReport = {
  readonly chunk: number;
  readonly attempt: number;
  readonly accepted: number;
  readonly failed: number;
  readonly skipped: number;
  /** How many more (or fewer) outcomes are unknown than before. */
  readonly unknown: number;
  readonly open: number;
  readonly dueAtMs: number;
  /** How many of the open are due at that moment. */
  readonly due: number;
  /** Which connection it went out by, and what that refused. */
  readonly connectionId: ConnectionId;
  readonly refusal: Refusal | null;
};
