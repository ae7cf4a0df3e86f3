/** Contacts. */
import { countContacts, listContacts } from "#db/repos/contact-search";
import { getContact } from "#db/repos/contacts";
import { getSegment } from "#db/repos/segments";
import { timelineOf } from "#db/repos/timeline";
import { idText } from "#domain/id-schema";
import { recordConsent } from "../audience/consent.ts";
import { contactJson } from "../audience/contact-view.ts";
import { addContact, patchContact, removeContact } from "../audience/contacts.ts";
import { timelineJson } from "../audience/timeline.ts";
import { pageOfRows, readCursor } from "../cursor.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./contacts.schema.ts";

export const contacts = createRouter();

const place = idText("ctc");
const notFound = { kind: "not_found", what: "contact" } as const;

contacts.openapi(contract.listContacts, async (c) => {
  const { limit, cursor, count, search, segment, ...query } = c.req.valid("query");
  const before = readCursor(place, cursor);
  if (!before.ok) return problem(c, before.error);
  const chosen = segment ? await getSegment(c.var.scope, segment) : undefined;
  if (segment && !chosen) return problem(c, { kind: "not_found", what: "segment" });
  const filter = {
    ...query,
    search: search || undefined,
    rule: chosen?.rule,
    now: new Date(c.var.deps.now()),
  };
  const [rows, total] = await Promise.all([
    listContacts(c.var.scope, filter, { before: before.value, limit: limit + 1 }),
    count ? countContacts(c.var.scope, filter) : undefined,
  ]);
  const page = pageOfRows(rows, limit, (last) => last.id);
  return c.json({ data: page.shown.map(contactJson), next_cursor: page.nextCursor, count: total }, 200);
});

contacts.openapi(contract.createContact, async (c) => {
  const out = await addContact(c.var, c.req.valid("json"));
  return out.ok ? c.json(contactJson(out.value), 201) : problem(c, out.error);
});

contacts.openapi(contract.getContact, async (c) => {
  const contact = await getContact(c.var.scope, c.req.valid("param").id);
  return contact ? c.json(contactJson(contact), 200) : problem(c, notFound);
});

contacts.openapi(contract.updateContact, async (c) => {
  const out = await patchContact(c.var, c.req.valid("param").id, c.req.valid("json"));
  return out.ok ? c.json(contactJson(out.value), 200) : problem(c, out.error);
});

contacts.openapi(contract.deleteContact, async (c) => {
  const out = await removeContact(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

contacts.openapi(contract.setConsent, async (c) => {
  const out = await recordConsent(c.var, c.req.valid("param").id, c.req.valid("json"));
  return out.ok ? c.json(contactJson(out.value), 200) : problem(c, out.error);
});

contacts.openapi(contract.contactTimeline, async (c) => {
  const { id } = c.req.valid("param");
  const { limit } = c.req.valid("query");
  const contact = await getContact(c.var.scope, id);
  if (!contact) return problem(c, notFound);
  return c.json({ data: timelineJson(contact, await timelineOf(c.var.scope, id, limit), limit) }, 200);
});
