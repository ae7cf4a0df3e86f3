/** What time alone makes worthless, dropped in small bites. */
import { lt, sql } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { idempotencyKeys, sendBatches, sessions } from "../schema/index.ts";

/** Longer than any provider keeps an idempotency key: nothing can be asked again with these. */
const batchLifeMs = 25 * 3_600_000;
const keyLifeMs = 24 * 3_600_000;
/** Who asks what became of a message asks within weeks; its links and codes must not lie here for ever. */
const contentLifeMs = 30 * 86_400_000;
const contentBites = 5;
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
  await emptyOldContent(raw, new Date(now.getTime() - contentLifeMs));
}

/** The first words of a text message are its headline, and go with it. */
async function emptyOldContent(raw: PlanetScaleDatabase, finishedBefore: Date): Promise<void> {
  for (let bite = 0; bite < contentBites; bite++) {
    const emptied = await raw.execute(
      sql`update direct_sends set content = '', has_content = 0, subject = if(channel = 'sms', '', subject)
        where has_content = 1 and finished_at < ${finishedBefore} limit ${sql.raw(String(perSweep))}`,
    );
    if (emptied.rowsAffected < perSweep) break;
  }
}
