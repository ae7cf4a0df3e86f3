/** What becomes of a queue message: decided as data, carried out in one place. */
export type Verdict =
  | { readonly do: "ack" }
  /** The work is not done and will be asked for again. */
  | { readonly do: "retry"; readonly delaySeconds: number };

export const ack: Verdict = { do: "ack" };
export const retryAfter = (delaySeconds: number): Verdict => ({ do: "retry", delaySeconds });
