/** One ticking clock for everything that shows how long ago something was. */
import { createContext } from "svelte";
import { createSubscriber } from "svelte/reactivity";

export class Clock {
  readonly #subscribe: () => void;

  constructor(everyMs = 10_000) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, everyMs);
      return () => clearInterval(timer);
    });
  }
  /** Milliseconds since 1970; whoever reads it is told when it moves. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const [useClock, provideClock] = createContext<Clock>();
