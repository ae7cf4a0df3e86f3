/** twilio. */
import type { Adapter } from "../adapter.ts";

const traits = { maxBatch: 1, idempotent: false, evidence: "webhook", defaultRatePerSecond: 1 } as const;

export const twilioAdapter: Adapter = {
  kind: "twilio",
  usesConnections: true,
  traits: () => traits,
  open: () => {
    throw new Error("not built");
  },
  verifyReport: async () => false,
  parseReport: () => [],
};
