/** What time alone makes worthless, dropped in small bites. */
import { lt } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { sendBatches, sessions } from "../schema/index.ts";

/** Longer than any provider keeps an idempotency key: nothing can be asked again with these. */
const batchLifeMs = 25 * 3_600_000;
const perSweep = 1_000;

export async function dropExpired(raw: PlanetScaleDatabase, now: Date): Promise<void> {
  await raw.delete(sessions).where(lt(sessions.expiresAt, now)).limit(perSweep);
  await raw
    .delete(sendBatches)
    .where(lt(sendBatches.createdAt, new Date(now.getTime() - batchLifeMs)))
    .limit(perSweep);
}
