/** Time, chance and the log are handed in, so that a test can set them. */
import { type Id, idFromBytes, type Prefix, uuid7 } from "./ids.ts";

export type Clock = () => number;
export type NewId = <P extends Prefix>(prefix: P) => Id<P>;
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type Log = (event: string, fields?: LogFields) => void;

/** An id mint over a clock and a source of random bytes; ids of one mint never go backwards within it. */
export function idMint(now: Clock, fillRandom: (bytes: Uint8Array) => void): NewId {
  let pool = new Uint8Array(0);
  let at = 0;
  return (prefix) => {
    if (at + 10 > pool.length) {
      pool = new Uint8Array(1_000);
      fillRandom(pool);
      at = 0;
    }
    const bytes = uuid7(now(), pool.subarray(at, at + 10));
    at += 10;
    return idFromBytes(prefix, bytes);
  };
}
