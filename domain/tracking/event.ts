/** What can happen to a message after it left, and who did it: a person or a machine. */
export const eventKinds = [
  "accepted",
  "delivered",
  "deferred",
  "bounced",
  "complained",
  "opened",
  "clicked",
  "unsubscribed",
  "failed",
] as const;
export type EventKind = (typeof eventKinds)[number];
