/** sendgrid. */
import type { Adapter } from "../adapter.ts";

const traits = { maxBatch: 1000, idempotent: false, evidence: "webhook", defaultRatePerSecond: 500 } as const;

export const sendgridAdapter: Adapter = {
  kind: "sendgrid",
  usesConnections: true,
  traits: () => traits,
  open: () => {
    throw new Error("not built");
  },
  verifyReport: async () => false,
  parseReport: () => [],
};
