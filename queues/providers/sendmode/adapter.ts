/** sendmode. */
import type { Adapter } from "../adapter.ts";

const traits = { maxBatch: 1, idempotent: false, evidence: "webhook", defaultRatePerSecond: 10 } as const;

export const sendmodeAdapter: Adapter = {
  kind: "sendmode",
  usesConnections: true,
  traits: () => traits,
  open: () => {
    throw new Error("not built");
  },
  verifyReport: async () => false,
  parseReport: () => [],
};
