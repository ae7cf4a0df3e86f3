/** What a row of the ledger belongs to: a campaign's run, or one transactional request. Both live in one key. */
import { type DirectSendId, idFromBytes, idToBytes, type RunId } from "../ids.ts";

/** The ledger's statements take the id of a run; a transactional request stands in its place, byte for byte. */
export function sourceOf(id: DirectSendId): RunId {
  return idFromBytes("run", idToBytes(id));
}
export function directSendOf(source: RunId): DirectSendId {
  return idFromBytes("dir", idToBytes(source));
}
