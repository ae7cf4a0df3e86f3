/** Consent to marketing mail as the person changes it, with one row of proof per change. */
import { and, inArray, ne } from "drizzle-orm";
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

/** `source`: `one_click`, `unsubscribe_page`, `preference_page`, `complaint`, `provider`. */
export type EmailDecision = Omit<ConsentProof, "channel" | "status">;

/** Sets e-mail consent and writes the proof, for those it changes; the others are left as they stand. */
export async function setEmailConsent(
  scope: TenantDb,
  status: "subscribed" | "unsubscribed",
  decisions: readonly EmailDecision[],
): Promise<ContactId[]> {
  const byContact = new Map(decisions.map((decision) => [decision.contactId, decision]));
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
      const proofs = changed.flatMap((id) => byContact.get(id) ?? []);
      await appendProofs(
        tx,
        proofs.map((proof) => ({ ...proof, channel: "email", status })),
      );
      const at = proofs[0]?.at;
      await tx.update(
        contacts,
        { emailConsent: status, ...(at ? { updatedAt: at } : {}) },
        inArray(contacts.id, changed),
      );
      return changed;
    }),
  );
}
