/** mailgun. */
import type { Adapter } from "../adapter.ts";

const traits = { maxBatch: 1000, idempotent: false, evidence: "webhook", defaultRatePerSecond: 100 } as const;

export const mailgunAdapter: Adapter = {
  kind: "mailgun",
  usesConnections: true,
  traits: () => traits,
  open: () => {
    throw new Error("not built");
  },
  verifyReport: async () => false,
  parseReport: () => [],
};
