/** postmark. */
import type { Adapter } from "../adapter.ts";

const traits = { maxBatch: 500, idempotent: false, evidence: "webhook", defaultRatePerSecond: 100 } as const;

export const postmarkAdapter: Adapter = {
  kind: "postmark",
  usesConnections: true,
  traits: () => traits,
  open: () => {
    throw new Error("not built");
  },
  verifyReport: async () => false,
  parseReport: () => [],
};
