/** The times and sizes of the sending engine, in one place. Their relations matter more than their values. */
export type SendSettings = {
  /** After this long an attempt that did not record its outcomes is taken for dead. */
  readonly leaseMs: number;
  /** People per queue message. */
  readonly chunkSize: number;
  /** Queue messages of one run on their way at once: what a pause has to wait for. */
  readonly chunksInFlight: number;
  /** Of all runs of one workspace together; each has at least one. */
  readonly tenantChunksInFlight: number;
  /** Rows written to the ledger per step of the freeze. */
  readonly freezePage: number;
  readonly maxTries: number;
  /** How long evidence is waited for before a message of unknown outcome may be tried again. */
  readonly evidenceWindowMs: number;
};

export const defaultSendSettings: SendSettings = {
  leaseMs: 120_000,
  chunkSize: 1_000,
  chunksInFlight: 6,
  tenantChunksInFlight: 8,
  freezePage: 2_000,
  maxTries: 6,
  evidenceWindowMs: 30 * 60_000,
};

/**
 * A chunk is under way once at a time and gets a second's worth of its connection at most: slow connections get smaller
 * chunks, so that the next is granted while one is on its way.
 */
export function chunkSizeAt(ratePerSecond: number, settings: SendSettings): number {
  return Math.min(settings.chunkSize, Math.max(25, Math.ceil(ratePerSecond)));
}

/** An attempt starts no provider call later than this after its claim, so that it is silent long before its lease ends. */
export function sendDeadlineMs(settings: SendSettings): number {
  return settings.leaseMs / 2;
}
/** The longest wait for one provider call: deadline and wait together stay within the lease. */
export function providerTimeoutMs(settings: SendSettings): number {
  return Math.min(30_000, settings.leaseMs / 4);
}

/** A deployment (or a fault test) may set other values through SEND_SETTINGS, a JSON object. */
export function sendSettingsFrom(json: string | undefined): SendSettings {
  if (!json) return defaultSendSettings;
  const given = JSON.parse(json) as Record<string, unknown>;
  const out: Record<string, number> = { ...defaultSendSettings };
  for (const [key, value] of Object.entries(given)) {
    if (!(key in out) || typeof value !== "number" || !(value > 0)) throw new Error(`SEND_SETTINGS: ${key}`);
    out[key] = value;
  }
  return out as SendSettings;
}

/** Exponential back-off with a ceiling of one hour. */
export function backoffMs(tries: number): number {
  return Math.min(3_600_000, 15_000 * 2 ** Math.max(0, tries - 1));
}
