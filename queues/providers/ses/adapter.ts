/** ses. */
import type { Adapter } from "../adapter.ts";

const traits = { maxBatch: 1, idempotent: false, evidence: "webhook", defaultRatePerSecond: 14 } as const;

export const sesAdapter: Adapter = {
  kind: "ses",
  usesConnections: true,
  traits: () => traits,
  open: () => {
    throw new Error("not built");
  },
  verifyReport: async () => false,
  parseReport: () => [],
};
