/** People by their telephone number: several may share one. */
import { and, desc, eq } from "drizzle-orm";
import type { Channel, ConsentStatus } from "#domain/contact/consent";
import type { ContactId } from "#domain/ids";
import { consents, contacts } from "../schema/contacts.ts";
import type { TenantDb } from "../scope.ts";

export type PhoneOwner = {
  readonly id: ContactId;
  readonly smsConsent: ConsentStatus;
  readonly locale: string;
};

/** One number shared by more people than this is no person's number. */
const mostOwners = 20;

/** `phone` in E.164. */
export async function phoneOwners(scope: TenantDb, phone: string): Promise<PhoneOwner[]> {
  return scope
    .pick(
      { id: contacts.id, smsConsent: contacts.smsConsent, locale: contacts.locale },
      contacts,
      eq(contacts.phone, phone),
    )
    .orderBy(contacts.id)
    .limit(mostOwners);
}

/** How consent came to stand where it stands. */
export async function latestProof(
  scope: TenantDb,
  contactId: ContactId,
  channel: Channel,
): Promise<{ readonly source: string } | undefined> {
  const [row] = await scope
    .pick(
      { source: consents.source },
      consents,
      and(eq(consents.contactId, contactId), eq(consents.channel, channel)),
    )
    .orderBy(desc(consents.id))
    .limit(1);
  return row;
}
