/** What time alone makes worthless, dropped in small bites. */
import { lt } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { idempotencyKeys, sendBatches, sessions } from "../schema/index.ts";

/** Longer than any provider keeps an idempotency key: nothing can be asked again with these. */
const batchLifeMs = 25 * 3_600_000;
const keyLifeMs = 24 * 3_600_000;
const perSweep = 1_000;
/** Keys come as fast as requests do: the sweep must be faster. */
const keyBites = 20;

export async function dropExpired(raw: PlanetScaleDatabase, now: Date): Promise<void> {
  await raw.delete(sessions).where(lt(sessions.expiresAt, now)).limit(perSweep);
  await raw
    .delete(sendBatches)
    .where(lt(sendBatches.createdAt, new Date(now.getTime() - batchLifeMs)))
    .limit(perSweep);
  const oldest = new Date(now.getTime() - keyLifeMs);
  for (let bite = 0; bite < keyBites; bite++) {
    const dropped = await raw
      .delete(idempotencyKeys)
      .where(lt(idempotencyKeys.createdAt, oldest))
      .limit(perSweep);
    if (dropped.rowsAffected < perSweep) break;
  }
}
