/** What the steps of sending one chunk share. */
import type { Range } from "#db/repos/ledger";
import type { TenantDb } from "#db/scope";
import type { ConnectionId } from "#domain/ids";
import type { Provider, Refusal } from "#domain/sending/provider";
import type { SendSettings } from "#domain/sending/settings";
import type { Deps } from "../deps.ts";
import type { Writer } from "./writer.ts";

export type ChunkJob = {
  readonly deps: Deps;
  readonly scope: TenantDb;
  readonly range: Range;
  readonly connectionId: ConnectionId;
  readonly provider: Provider;
  readonly settings: SendSettings;
  /** No provider call starts after this moment: the lease must outlive every one of them. */
  readonly deadlineMs: number;
  /** Since when the connection is the account it is now: idempotency keys given before may belong to another one. */
  readonly accountSinceMs: number;
  readonly writer: Writer;
  readonly done: { accepted: number; failed: number; skipped: number; unknown: number };
  refusal: Refusal | null;
};
