/** A workspace with its people, as sign-up and invitations would have made it. */
import { inArray } from "drizzle-orm";
import type { ConnectionId, TenantId, UserId } from "#domain/ids";
import type { Role } from "#domain/tenant/role";
import { type DeploymentKey, newWrappedKey, sealJson, unwrapKey } from "#domain/tenant/sealing";
import type { Db } from "../client.ts";
import { connections } from "../schema/campaigns.ts";
import { memberships, sessions, users } from "../schema/tenants.ts";
import { TenantDb } from "../scope.ts";
import { SystemDb } from "../system.ts";
import type { Chance } from "./chance.ts";
import type { Texting } from "./texting.ts";

export type Member = {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly joinedAt: Date;
};
export type Workspace = {
  readonly id: TenantId;
  readonly name: string;
  readonly timeZone: string;
  readonly postalAddress: string;
  readonly fromName: string;
  readonly fromEmail: string;
  readonly replyTo: string;
  readonly connectionId: ConnectionId;
  /** A second sandbox, for text messages. */
  readonly texting?: Texting["connection"];
  /** The first one founded it. */
  readonly members: readonly [Member, ...Member[]];
  readonly passwordHash: string;
  readonly foundedAt: Date;
};

/** As sign-up gives it (worker/auth/accounts.ts). */
const sandbox = { name: "Sandbox", settings: { idempotency: true, evidence: true }, ratePerSecond: 500 };

// Secrets are never drawn from a chance that repeats itself.
const random = (bytes: Uint8Array<ArrayBuffer>) => void crypto.getRandomValues(bytes);

export async function createWorkspace(
  db: Db,
  deployment: DeploymentKey,
  chance: Chance,
  workspace: Workspace,
): Promise<TenantDb> {
  const { id, name, timeZone, connectionId, texting, members, passwordHash, foundedAt, ...rest } = workspace;
  const wrappedKey = await newWrappedKey(deployment, id, random);
  const key = await unwrapKey(deployment, id, wrappedKey);
  const sealedFor = (connection: ConnectionId) =>
    sealJson(key, connection, { webhook_secret: webhookSecret() }, random);
  const [founder, ...others] = members;
  const system = new SystemDb(db.crossTenant);
  const audit = {
    id: chance.id("aud", foundedAt),
    actor: founder.id,
    actorName: founder.name,
    action: "tenant.create",
    subject: id,
    ip: "127.0.0.1",
    before: null,
    after: { name, time_zone: timeZone },
    at: foundedAt,
  };
  const owner = { id: founder.id, email: founder.email, name: founder.name, passwordHash };
  const connection = { id: connectionId, sealed: await sealedFor(connectionId), ...sandbox };
  await system.accounts.createTenant({ id, name, timeZone, wrappedKey, connection, audit }, owner, foundedAt);
  const scope = new TenantDb(db.orm, id);
  const { postalAddress, fromName, fromEmail, replyTo } = rest;
  await scope.updateSelf({ postalAddress, fromName, fromEmail, replyTo });
  if (texting)
    await scope.insert(connections, {
      ...sandbox,
      id: texting.id,
      name: texting.name,
      kind: "sandbox",
      channel: "sms",
      sealed: await sealedFor(texting.id),
      isDefault: true,
      verifiedAt: texting.connectedAt,
      createdAt: texting.connectedAt,
      updatedAt: texting.connectedAt,
    });
  for (const member of others) {
    const { id: userId, email, name: called, role, joinedAt: createdAt } = member;
    await db.orm.insert(users).values({ id: userId, email, name: called, passwordHash, createdAt });
    await scope.insert(memberships, { userId, role, createdAt });
  }
  return scope;
}

function webhookSecret(): string {
  const bytes = new Uint8Array(24);
  random(bytes);
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

export async function forgetPeople(db: Db, ids: readonly UserId[]): Promise<void> {
  await db.orm.delete(sessions).where(inArray(sessions.userId, [...ids]));
  await db.orm.delete(users).where(inArray(users.id, [...ids]));
}
