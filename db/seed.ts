/** The demo workspaces of a fresh installation: told once, stored once, and left alone from then on. */
import { eq, inArray } from "drizzle-orm";
import { deploymentKey } from "#domain/tenant/sealing";
import { type Db, openDb } from "./client.ts";
import { insertAudit } from "./repos/audit.ts";
import { auditLog, tenants } from "./schema/tenants.ts";
import { TenantDb } from "./scope.ts";
import { otherShopId, otherWorkspace, storeOtherShop } from "./seed/other-shop.ts";
import { emptyTenant, storeStory } from "./seed/store.ts";
import { demoEmail, shopId, tellStory } from "./seed/story.ts";
import { createWorkspace, forgetPeople } from "./seed/workspace.ts";

export type SeedTarget = {
  readonly databaseUrl: string;
  /** The one the Worker runs with: it wraps the workspaces' own keys. */
  readonly deploymentKey: string;
  /** Belongs to the HTTP room, so it is handed in. */
  hashPassword(password: string): Promise<string>;
  /** The moment from which the shop's past is counted back. */
  readonly now?: Date;
};

/** Known to everybody: the seed is for databases on one machine only. */
export const demoLogin = { email: demoEmail, password: "larkpost-demo" } as const;

/** Written last: whatever stands without it was interrupted and is done again. */
const done = "tenant.demo_ready";

/** Answers who may sign in. A second call finds the mark and changes nothing. */
export async function seedDemo(target: SeedTarget): Promise<{ email: string; password: string }> {
  const db = openDb(target.databaseUrl);
  const shop = new TenantDb(db.orm, shopId);
  const [mark] = await shop.pick({ id: auditLog.id }, auditLog, eq(auditLog.action, done)).limit(1);
  if (mark) return { ...demoLogin };
  const { story, chance } = tellStory(target.now ?? new Date());
  const other = otherWorkspace(chance, story.calendar);
  await clear(
    db,
    [...story.workspace.members, ...other.members].map((member) => member.id),
  );
  const [key, passwordHash] = await Promise.all([
    deploymentKey(target.deploymentKey),
    target.hashPassword(demoLogin.password),
  ]);
  const otherScope = await createWorkspace(db, key, chance, { ...other, passwordHash });
  await storeOtherShop(otherScope, chance, story.calendar, other);
  const scope = await createWorkspace(db, key, chance, { ...story.workspace, passwordHash });
  await storeStory(scope, story);
  const at = story.calendar.now;
  await insertAudit(scope, {
    id: chance.id("aud", at),
    actor: "system",
    actorName: "Larkpost",
    action: done,
    subject: shopId,
    ip: "",
    before: null,
    after: { contacts: story.people.length },
    at,
  });
  return { ...demoLogin };
}

async function clear(db: Db, people: Parameters<typeof forgetPeople>[1]): Promise<void> {
  for (const id of [otherShopId, shopId]) await emptyTenant(new TenantDb(db.orm, id));
  await db.orm.delete(tenants).where(inArray(tenants.id, [otherShopId, shopId]));
  await forgetPeople(db, people);
}
