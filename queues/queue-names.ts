/** The queues as wrangler.toml declares them: a test holds the two together. */
export const queues = {
  "larkpost-send": { binding: "SEND_QUEUE", maxRetries: 5 },
  "larkpost-direct": { binding: "DIRECT_QUEUE", maxRetries: 20 },
  "larkpost-ingest": { binding: "INGEST_QUEUE", maxRetries: 20 },
  "larkpost-import": { binding: "IMPORT_QUEUE", maxRetries: 20 },
} as const satisfies Record<string, { binding: keyof Env; maxRetries: number }>;
export type QueueName = keyof typeof queues;

export function isQueueName(name: string): name is QueueName {
  return name in queues;
}

/** Whether a message that fails at this attempt goes to the dead-letter queue. */
export function isLastAttempt(queue: string, attempts: number): boolean {
  return isQueueName(queue) && attempts > queues[queue].maxRetries;
}
