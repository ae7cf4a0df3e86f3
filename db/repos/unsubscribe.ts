/** Consent to marketing mail as the person changes it, with one row of proof per change. */
import { and, inArray, ne } from "drizzle-orm";
import type { ConsentId, ContactId } from "#domain/ids";
import { retryLocks } from "../errors.ts";
import { consents, contacts, suppressions } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";
import type { Suppression } from "./suppressions.ts";

/** Addresses nobody writes to any more. The first reason stands. */
export async function suppressAll(scope: TenantDb, rows: readonly Suppression[]): Promise<void> {
  if (rows.length === 0) return;
  const sorted = [...rows].sort((a, b) => (a.address < b.address ? -1 : 1));
  await retryLocks(() => scope.insertMissing(suppressions, sorted));
}

export type ConsentProof = {
  readonly id: ConsentId;
  readonly contactId: ContactId;
  /** How it came: `one_click`, `unsubscribe_page`, `preference_page`, `complaint`, `provider`. */
  readonly source: string;
  readonly ip: string;
  readonly userAgent: string;
  /** The words the person saw. */
  readonly wording: string;
  readonly at: Date;
};

/** Sets e-mail consent and writes the proof, for those it changes; the others are left as they stand. */
export async function setEmailConsent(
  scope: TenantDb,
  status: "subscribed" | "unsubscribed",
  proofs: readonly ConsentProof[],
): Promise<ContactId[]> {
  const byContact = new Map(proofs.map((proof) => [proof.contactId, proof]));
  if (byContact.size === 0) return [];
  return retryLocks(() =>
    scope.transaction(async (tx) => {
      const differs = and(
        inArray(contacts.id, [...byContact.keys()].sort()),
        ne(contacts.emailConsent, status),
      );
      const rows = await tx.pick({ id: contacts.id }, contacts, differs).for("update");
      const changed = rows.map((row) => row.id);
      if (changed.length === 0) return changed;
      await tx.insert(
        consents,
        changed.flatMap((id) => {
          const proof = byContact.get(id);
          return proof ? [{ ...proof, channel: "email" as const, status }] : [];
        }),
      );
      const at = byContact.get(changed[0] as ContactId)?.at;
      await tx.update(
        contacts,
        { emailConsent: status, ...(at ? { updatedAt: at } : {}) },
        inArray(contacts.id, changed),
      );
      return changed;
    }),
  );
}
