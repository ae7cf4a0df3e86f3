/** What the steps of sending one chunk share. */
import type { Range } from "#db/repos/ledger";
import type { TenantDb } from "#db/scope";
import type { ConnectionId } from "#domain/ids";
import type { Neighbours } from "#domain/sending/evidence";
import type { Refusal } from "#domain/sending/provider";
import type { SendSettings } from "#domain/sending/settings";
import type { Deps } from "../deps.ts";
import type { Met } from "./met.ts";
import type { ConnectionRefusal, Sender, SenderOf } from "./senders.ts";
import type { Writer } from "./writer.ts";

/** The sender is the connection the chunk goes out by now. */
export type ChunkJob = Sender & {
  readonly deps: Deps;
  readonly scope: TenantDb;
  readonly range: Range;
  readonly settings: SendSettings;
  /** No provider call starts after this moment: the lease must outlive every one of them. */
  readonly deadlineMs: number;
  /** The connections of earlier attempts: each is healed by the one it was made with. */
  readonly senderOf: SenderOf;
  readonly writer: Writer;
  /** Where the neighbours whose reports are evidence do not lie in the range's own source. */
  readonly neighbours?: (connectionId: ConnectionId, from: Date, to: Date) => Promise<Neighbours>;
  readonly done: { accepted: number; failed: number; skipped: number; unknown: number };
  /** Where a limiter wants to know: counted while the chunk is sent. */
  readonly met?: Met;
  /** What this chunk's connection refused. */
  refusal: Refusal | null;
  /** What other connections refused while earlier attempts were healed. */
  readonly refusalsElsewhere: ConnectionRefusal[];
};
