/** What the runs of one workspace have under way together: whoever launches twenty gets little more than who launches two. */
import type { SendSettings } from "./settings.ts";

/**
 * Chunks one run may have under way: an even share of the workspace's, and always one, as a run that waits for its
 * hour counts too and must hold nobody up. `open`: the workspace's runs that are being sent.
 */
export function chunksAllowed(
  { chunksInFlight, tenantChunksInFlight }: Pick<SendSettings, "chunksInFlight" | "tenantChunksInFlight">,
  open: number,
): number {
  const share = Math.floor(tenantChunksInFlight / Math.max(1, open));
  return Math.min(chunksInFlight, Math.max(1, share));
}
