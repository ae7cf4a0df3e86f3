/** Random people as rows: contacts with their tags, lists and events. */
import { rawStatement, rowsLiteral } from "#db/bulk";
import type { TenantDb } from "#db/scope";
import { newId } from "#test/support/scope";
import { now, type PersonInDb } from "./segment-arbitraries.ts";

/** Addresses are unique in a tenant. */
export function uniqueEmail(person: PersonInDb, at: number): PersonInDb {
  return person.email === null ? person : { ...person, email: `${at}.${person.email}` };
}

export async function insertPeople(scope: TenantDb, crowd: readonly PersonInDb[]) {
  const tenant = { id: scope.tenantId };
  const contacts = crowd.map((p) => [
    tenant,
    { id: p.id },
    p.email,
    p.phone,
    p.firstName,
    p.lastName,
    p.locale,
    p.timeZone,
    p.country,
    { json: p.fields },
    p.emailConsent,
    p.smsConsent,
    p.source,
    new Date(p.createdAtMs),
    now,
  ]);
  await scope.execute(
    rawStatement(
      `insert into contacts (tenant_id, id, email, phone, first_name, last_name, locale, time_zone, country, fields, email_consent, sms_consent, source, created_at, updated_at) values ${rowsLiteral(contacts)}`,
    ),
  );
  const tagged = crowd.flatMap((p) => [...p.tags].map((t) => [tenant, { id: p.id }, { id: t }]));
  await scope.execute(
    rawStatement(`insert into contact_tags (tenant_id, contact_id, tag_id) values ${rowsLiteral(tagged)}`),
  );
  const listed = crowd.flatMap((p) => [...p.lists].map((l) => [tenant, { id: l }, { id: p.id }, now]));
  await scope.execute(
    rawStatement(
      `insert into list_members (tenant_id, list_id, contact_id, added_at) values ${rowsLiteral(listed)}`,
    ),
  );
  const events = crowd.flatMap((p) => [
    ...p.events.map((e) => [
      tenant,
      { id: newId("evt") },
      { id: newId("msg") },
      { id: p.id },
      { id: newId("run") },
      e.kind,
      crypto.getRandomValues(new Uint8Array(16)),
      0,
      { json: {} },
      new Date(e.atMs),
    ]),
    // What a machine did is no engagement, however recent.
    [
      tenant,
      { id: newId("evt") },
      { id: newId("msg") },
      { id: p.id },
      { id: newId("run") },
      "opened",
      crypto.getRandomValues(new Uint8Array(16)),
      1,
      { json: {} },
      now,
    ],
  ]);
  await scope.execute(
    rawStatement(
      `insert into message_events (tenant_id, id, message_id, contact_id, source_id, kind, dedupe_key, machine, data, at) values ${rowsLiteral(events)}`,
    ),
  );
}
