/** What a row of the ledger belongs to: a campaign's run, or one transactional request. Both live in one key. */
import { type DirectSendId, idFromBytes, idToBytes, type RunId, uuid7 } from "../ids.ts";

/** The ledger's statements take the id of a run; a transactional request stands in its place, byte for byte. */
export function sourceOf(id: DirectSendId): RunId {
  return idFromBytes("run", idToBytes(id));
}
export function directSendOf(source: RunId): DirectSendId {
  return idFromBytes("dir", idToBytes(source));
}

/** The same request, however often it is repeated, asks for the same message: its id is made from the request's key. */
export function directSendIdFor(firstSeenMs: number, digest: Uint8Array): DirectSendId {
  return idFromBytes("dir", uuid7(firstSeenMs, digest));
}
