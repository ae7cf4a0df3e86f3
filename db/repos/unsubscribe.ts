/** Consent to marketing as the person changes it, with one row of proof per change. */
import { and, inArray, ne } from "drizzle-orm";
import type { Channel, ConsentStatus } from "#domain/contact/consent";
import type { ContactId } from "#domain/ids";
import { retryLocks } from "../errors.ts";
import { contacts, suppressions } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";
import { appendProofs, type ConsentProof } from "./consents.ts";
import type { Suppression } from "./suppressions.ts";

/** Addresses nobody writes to any more. The first reason stands. */
export async function suppressAll(scope: TenantDb, rows: readonly Suppression[]): Promise<void> {
  if (rows.length === 0) return;
  const sorted = [...rows].sort((a, b) => (a.address < b.address ? -1 : 1));
  await retryLocks(() => scope.insertMissing(suppressions, sorted));
}

/** `source`: `one_click`, `unsubscribe_page`, `preference_page`, `complaint`, `provider`, `reply`, `review`. */
export type Decision = Omit<ConsentProof, "channel" | "status">;

const columns = {
  email: { column: contacts.emailConsent, set: (status: ConsentStatus) => ({ emailConsent: status }) },
  sms: { column: contacts.smsConsent, set: (status: ConsentStatus) => ({ smsConsent: status }) },
} as const;

/** Sets consent to a channel and writes the proof, for those it changes; the others are left as they stand. */
export async function setConsent(
  scope: TenantDb,
  channel: Channel,
  status: "subscribed" | "unsubscribed",
  decisions: readonly Decision[],
): Promise<ContactId[]> {
  const { column, set } = columns[channel];
  const byContact = new Map(decisions.map((decision) => [decision.contactId, decision]));
  if (byContact.size === 0) return [];
  return retryLocks(() =>
    scope.transaction(async (tx) => {
      const differs = and(inArray(contacts.id, [...byContact.keys()].sort()), ne(column, status));
      const rows = await tx.pick({ id: contacts.id }, contacts, differs).for("update");
      const changed = rows.map((row) => row.id);
      if (changed.length === 0) return changed;
      const proofs = changed.flatMap((id) => byContact.get(id) ?? []);
      await appendProofs(
        tx,
        proofs.map((proof) => ({ ...proof, channel, status })),
      );
      const at = proofs[0]?.at;
      await tx.update(
        contacts,
        { ...set(status), ...(at ? { updatedAt: at } : {}) },
        inArray(contacts.id, changed),
      );
      return changed;
    }),
  );
}
