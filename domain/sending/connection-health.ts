/**
 * Whether a connection is to be trusted with messages while another one could take them: a circuit breaker. In trouble
 * it rests, a little longer each time; then a small number of messages tries it, and what becomes of them decides.
 */
import { z } from "zod";
import { maxFailedShare, minSample } from "./health.ts";

export const connectionHealth = z.object({
  /** Of the last minutes, fading with time. */
  tried: z.number(),
  failed: z.number(),
  updatedAtMs: z.number(),
  /** Calls in a row that found the provider away. */
  unavailable: z.number(),
  /** How often in a row it has been in trouble; 0 is healthy. */
  ailments: z.number(),
  restsUntilMs: z.number(),
});
export type ConnectionHealth = z.output<typeof connectionHealth>;

/** What one attempt met. `failed`: recipients refused for good. */
export type Experience = {
  readonly accepted: number;
  readonly failed: number;
  readonly refusal: "rate_limited" | "quota_spent" | "unavailable" | "rejected" | null;
};

/** What is remembered counts half as much after this time. */
const halfLifeMs = 120_000;
const maxUnavailable = 3;
const firstRestMs = 30_000;
const longestRestMs = 600_000;
/** How many messages try a connection that has rested. */
export const probeSize = 20;

export const healthy = (nowMs: number): ConnectionHealth => ({
  tried: 0,
  failed: 0,
  updatedAtMs: nowMs,
  unavailable: 0,
  ailments: 0,
  restsUntilMs: 0,
});

export type HealthState = "healthy" | "resting" | "on_trial";
export function healthState(health: ConnectionHealth, nowMs: number): HealthState {
  if (health.ailments === 0) return "healthy";
  return nowMs < health.restsUntilMs ? "resting" : "on_trial";
}

/** A connection on trial is tried by one at a time: for the others it rests a little longer. */
export function onTrial(health: ConnectionHealth, nowMs: number): ConnectionHealth {
  return { ...health, restsUntilMs: nowMs + firstRestMs };
}

export function afterExperience(health: ConnectionHealth, met: Experience, nowMs: number): ConnectionHealth {
  const fade = 0.5 ** (Math.max(0, nowMs - health.updatedAtMs) / halfLifeMs);
  const tried = health.tried * fade + met.accepted + met.failed;
  const failed = health.failed * fade + met.failed;
  const unavailable =
    met.refusal === "unavailable" ? health.unavailable + 1 : met.accepted > 0 ? 0 : health.unavailable;
  const next = { ...health, tried, failed, unavailable, updatedAtMs: nowMs };
  const sample = health.ailments > 0 ? 1 : minSample;
  const isBad =
    met.refusal === "rejected" ||
    unavailable >= (health.ailments > 0 ? 1 : maxUnavailable) ||
    (tried >= sample && failed / tried > maxFailedShare);
  if (isBad) {
    const restMs = Math.min(longestRestMs, firstRestMs * 2 ** Math.min(health.ailments, 10));
    // The trial after the rest is judged by itself.
    return { ...next, tried: 0, failed: 0, ailments: health.ailments + 1, restsUntilMs: nowMs + restMs };
  }
  return met.accepted > 0 && health.ailments > 0 ? healthy(nowMs) : next;
}
