/** What a coordinator remembers between two moments; parsed on every load, rebuilt from the ledger when lost. */
import { z } from "zod";
import { pauseReasons } from "#domain/campaign/state";
import { idText } from "#domain/id-schema";
import type { Refusal } from "#domain/sending/provider";

export const runIdentity = z.object({
  tenantId: idText("ten"),
  campaignId: idText("cmp"),
  runId: idText("run"),
  connectionId: idText("cxn"),
});
export type RunIdentity = z.output<typeof runIdentity>;

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
  /** Since the start or the last resume: what the error threshold looks at. */
  attempted: z.int().default(0),
  refused: z.int().default(0),
  /** Provider calls in a row that the connection could not take. */
  unavailable: z.int().default(0),
  /** What a provider said that must stop the whole run; taken up at the next step. */
  stop: z
    .object({ reason: z.enum(pauseReasons), detail: z.string(), resumeAtMs: z.number().nullable() })
    .nullable()
    .default(null),
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
  readonly refusal: Refusal | null;
};
