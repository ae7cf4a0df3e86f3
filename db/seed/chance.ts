/** Chance that repeats itself: the same seed always tells the same story. */
import { type Id, idFromBytes, type Prefix, uuid7 } from "#domain/ids";

export type Chance = {
  /** In [0, 1). */
  unit(): number;
  /** Whole, both ends included. */
  between(least: number, most: number): number;
  happens(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Weights need not add up to anything. */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  /** Exponential: many short waits, few long ones. */
  wait(mean: number): number;
  fill(bytes: Uint8Array): void;
  /** An id that was minted at that moment. */
  id<P extends Prefix>(prefix: P, at: Date): Id<P>;
};

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  // mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for a story.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const unit = () => next() / 2 ** 32;
  const fill = (bytes: Uint8Array) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = next() >>> 24;
  };
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError("nothing to pick from");
    return items[Math.floor(unit() * items.length)] as T;
  };
  return {
    unit,
    fill,
    pick,
    between: (least, most) => least + Math.floor(unit() * (most - least + 1)),
    happens: (probability) => unit() < probability,
    weighted(items) {
      let left = unit() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        if (left < weight) return item;
        left -= weight;
      }
      return pick(items)[0];
    },
    wait: (mean) => -Math.log(1 - unit()) * mean,
    id(prefix, at) {
      const random = new Uint8Array(10);
      fill(random);
      return idFromBytes(prefix, uuid7(at.getTime(), random));
    },
  };
}
