/** Proof of consent: append-only. Where consent stands now is on the contact. */
import { desc, eq } from "drizzle-orm";
import type { Channel, ConsentStatus } from "#domain/contact/consent";
import type { ConsentId, ContactId } from "#domain/ids";
import { type Literal, rawStatement, rowsLiteral } from "../bulk.ts";
import { consents } from "../schema/contacts.ts";
import type { TenantDb } from "../scope.ts";

export type ConsentProof = {
  readonly id: ConsentId;
  readonly contactId: ContactId;
  readonly channel: Channel;
  readonly status: ConsentStatus;
  /** Where it was given: `dashboard`, `api`, `import`, `unsubscribe link`, … */
  readonly source: string;
  readonly ip: string;
  readonly userAgent: string;
  /** What the person agreed to, in the words they were shown. */
  readonly wording: string;
  readonly at: Date;
};

export async function appendProofs(scope: TenantDb, proofs: readonly ConsentProof[]): Promise<void> {
  if (proofs.length === 0) return;
  const rows: Literal[][] = proofs.map((p) => [
    { id: scope.tenantId },
    { id: p.id },
    { id: p.contactId },
    p.channel,
    p.status,
    p.source.slice(0, 40),
    p.ip.slice(0, 45),
    p.userAgent.slice(0, 300),
    p.wording.slice(0, 1_000),
    p.at,
  ]);
  await scope.execute(
    rawStatement(
      `insert into consents (tenant_id, id, contact_id, channel, status, source, ip, user_agent, wording, at) values ${rowsLiteral(rows)}`,
    ),
  );
}

/** Newest first. */
export async function proofsOf(
  scope: TenantDb,
  contactId: ContactId,
  limit: number,
): Promise<ConsentProof[]> {
  return scope.select(consents, eq(consents.contactId, contactId)).orderBy(desc(consents.id)).limit(limit);
}
