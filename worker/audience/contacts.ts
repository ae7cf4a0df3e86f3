/** Adding, changing and deleting people. */
import { isDuplicate } from "#db/errors";
import { appendProofs } from "#db/repos/consents";
import {
  type Contact,
  type ContactRow,
  deleteContact,
  getContact,
  holdContact,
  insertContact,
  updateContact,
} from "#db/repos/contacts";
import { listFields } from "#db/repos/fields";
import { suppress } from "#db/repos/suppressions";
import { ensureTags, replaceTags } from "#db/repos/tags";
import type { TenantDb } from "#db/scope";
import { inTransaction } from "#db/transaction";
import type { ConsentStatus } from "#domain/contact/consent";
import { type ContactInput, changeFacts, noFacts } from "#domain/contact/contact";
import { type FieldValues, mergeFields } from "#domain/contact/field-values";
import { leftAddresses } from "#domain/contact/left-addresses";
import { cleanText } from "#domain/contact/text";
import type { Failure } from "#domain/failure";
import type { ContactId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";
import { contactJson } from "./contact-view.ts";
import { sourceOf } from "./source.ts";

export type ContactPatch = ContactInput & {
  readonly fields?: FieldValues | undefined;
  readonly tags?: readonly string[] | undefined;
};
export type NewContact = ContactPatch & {
  readonly email_consent: Extract<ConsentStatus, "none" | "subscribed">;
  readonly consent_wording: string;
};

export async function addContact({ scope, deps, actor }: Act, input: NewContact): Promise<Result<Contact>> {
  const facts = changeFacts(noFacts, input);
  if (!facts.ok) return facts;
  const fields = mergeFields(input.fields ? await listFields(scope) : [], {}, input.fields ?? {});
  if (!fields.ok) return fields;
  const tagIds = await tagsOf({ scope, deps }, input.tags ?? []);
  const now = new Date(deps.now());
  const row: ContactRow = {
    ...facts.value,
    id: deps.newId("ctc"),
    fields: fields.value,
    emailConsent: facts.value.email ? input.email_consent : "none",
    smsConsent: "none",
    source: sourceOf(actor),
    createdAt: now,
    updatedAt: now,
  };
  return refuseTaken(facts.value.email, () =>
    inTransaction(scope, async (tx) => {
      await insertContact(tx, row);
      await replaceTags(tx, row.id, tagIds);
      if (row.emailConsent !== "none")
        await appendProofs(tx, [
          {
            id: deps.newId("con"),
            contactId: row.id,
            channel: "email",
            status: row.emailConsent,
            source: sourceOf(actor),
            ip: actor.ip,
            userAgent: actor.userAgent,
            wording: cleanText(input.consent_wording, 1_000),
            at: now,
          },
        ]);
      const contact = await written(tx, row.id);
      await audit(tx, deps, actor, {
        action: "contact.create",
        subject: row.id,
        after: contactJson(contact),
      });
      return ok(contact);
    }),
  );
}

export async function patchContact(
  { scope, deps, actor }: Act,
  id: ContactId,
  patch: ContactPatch,
): Promise<Result<Contact>> {
  const definitions = patch.fields ? await listFields(scope) : undefined;
  const tagIds = patch.tags ? await tagsOf({ scope, deps }, patch.tags) : undefined;
  return refuseTaken(patch.email, () =>
    inTransaction(scope, async (tx) => {
      const held = await holdContact(tx, id);
      const before = held && (await getContact(tx, id));
      if (!held || !before) return notFound;
      const facts = changeFacts(held, patch);
      if (!facts.ok) return facts;
      const fields = definitions
        ? mergeFields(definitions, held.fields, patch.fields ?? {})
        : ok(held.fields);
      if (!fields.ok) return fields;
      const now = new Date(deps.now());
      await keepOptOuts(tx, leftAddresses(held, facts.value), "address changed", now);
      await updateContact(tx, id, { ...facts.value, fields: fields.value, updatedAt: now });
      if (tagIds) await replaceTags(tx, id, tagIds);
      const contact = await written(tx, id);
      await audit(tx, deps, actor, {
        action: "contact.update",
        subject: id,
        before: contactJson(before),
        after: contactJson(contact),
      });
      return ok(contact);
    }),
  );
}

export async function removeContact({ scope, deps, actor }: Act, id: ContactId): Promise<Result<undefined>> {
  return inTransaction(scope, async (tx) => {
    const held = await holdContact(tx, id);
    const before = held && (await getContact(tx, id));
    if (!held || !before) return notFound;
    await keepOptOuts(tx, leftAddresses(held, undefined), "contact deleted", new Date(deps.now()));
    await deleteContact(tx, id);
    await audit(tx, deps, actor, { action: "contact.delete", subject: id, before: contactJson(before) });
    return ok();
  });
}

/** Whoever left stays left, even when their row no longer says so: the address itself is suppressed. */
async function keepOptOuts(tx: TenantDb, left: ReturnType<typeof leftAddresses>, why: string, now: Date) {
  for (const { channel, address } of left)
    await suppress(tx, {
      channel,
      address,
      reason: "manual",
      detail: `unsubscribed; ${why}`,
      createdAt: now,
    });
}

async function written(tx: TenantDb, id: ContactId): Promise<Contact> {
  const contact = await getContact(tx, id);
  if (!contact) throw new Error(`${id} vanished inside its own transaction`);
  return contact;
}

/** Made outside the transaction: a tag is worth keeping even when the contact is refused, and it holds no locks. */
async function tagsOf({ scope, deps }: Pick<Act, "scope" | "deps">, names: readonly string[]) {
  const clean = names.map((name) => cleanText(name, 60)).filter((name) => name !== "");
  return [...new Set((await ensureTags(scope, clean, deps.newId, new Date(deps.now()))).values())];
}

async function refuseTaken<T>(
  email: string | null | undefined,
  write: () => Promise<Result<T>>,
): Promise<Result<T, Failure>> {
  try {
    return await write();
  } catch (error) {
    // Two writers may add the same address at once; the unique key picks the winner.
    if (!isDuplicate(error)) throw error;
    return fail({ kind: "taken", what: `The e-mail address ${email ?? ""}`, pointer: "/email" });
  }
}

const notFound = fail({ kind: "not_found", what: "contact" });
