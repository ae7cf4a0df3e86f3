/** Chance that can be replayed: mulberry32 over a seed, one independent stream per purpose. */
import { hash32 } from "#domain/sending/sandbox-plot";

/** Numbers in [0, 1). */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What one purpose draws does not shift what another one gets. */
export const stream = (seed: number, purpose: string): Random => seeded(hash32(`${seed}:${purpose}`));

export const between = (random: Random, least: number, most: number) => least + random() * (most - least);
export const wholeBetween = (random: Random, least: number, most: number) =>
  Math.floor(between(random, least, most + 1));

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}

/** Deals from a deck that is shuffled anew when it is empty: every card comes up once per `cards.length` draws. */
export function dealer<T>(cards: readonly T[], random: Random): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = shuffled(cards, random);
    return left.pop() as T;
  };
}
