/** The sandbox inbox over all sandbox connections of the tenant. */
import { listConnections } from "#db/repos/connections";
import type { TenantDb } from "#db/scope";
import { idText } from "#domain/id-schema";
import type { MailSummary, WholeMail } from "#queues/objects/sandbox-mailbox";
import { mailboxOf } from "#queues/providers/sandbox";
import { audit } from "../audit.ts";
import { pageOfRows, readCursor } from "../cursor.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./sandbox.schema.ts";

export const sandbox = createRouter();

sandbox.openapi(contract.listMails, async (c) => {
  const { limit, cursor, search = "" } = c.req.valid("query");
  const before = readCursor(idText("mai"), cursor);
  if (!before.ok) return problem(c, before.error);
  const filter = { search, before: before.value ?? null, limit: limit + 1 };
  const lists = await Promise.all((await mailboxes(c.env, c.var.scope)).map((box) => box.list(filter)));
  // Ids are minted in order of time, so the newest of all mailboxes are the greatest.
  const newest = lists.flat().sort((a, b) => (a.id < b.id ? 1 : -1));
  const page = pageOfRows(newest, limit, (last) => last.id);
  return c.json({ data: page.shown.map(summaryJson), next_cursor: page.nextCursor }, 200);
});

sandbox.openapi(contract.getMail, async (c) => {
  const { id } = c.req.valid("param");
  const boxes = await mailboxes(c.env, c.var.scope);
  const found = (await Promise.all(boxes.map((box) => box.mail(id)))).find((mail) => mail !== undefined);
  return found ? c.json(mailJson(found), 200) : problem(c, { kind: "not_found", what: "mail" });
});

sandbox.openapi(contract.clearMails, async (c) => {
  const { scope, deps, actor, tenantId } = c.var;
  await Promise.all((await mailboxes(c.env, scope)).map((box) => box.clear()));
  await audit(scope, deps, actor, { action: "sandbox.clear", subject: tenantId });
  return c.body(null, 204);
});

sandbox.openapi(contract.sandboxSummary, async (c) => {
  const boxes = await mailboxes(c.env, c.var.scope);
  const counts = await Promise.all(boxes.map((box) => box.summary()));
  const sum = (count: (one: (typeof counts)[number]) => number) =>
    counts.reduce((total, one) => total + count(one), 0);
  const firsts = counts.flatMap((one) => (one.firstAtMs === null ? [] : [one.firstAtMs]));
  const body = {
    mails: sum((one) => one.mails),
    recipients: sum((one) => one.recipients),
    duplicates: sum((one) => one.mails - one.messages),
    waiting_events: sum((one) => one.waitingEvents),
    first_at: firsts.length > 0 ? new Date(Math.min(...firsts)).toISOString() : null,
  };
  return c.json(body, 200);
});

async function mailboxes(env: Env, scope: TenantDb) {
  const rows = await listConnections(scope);
  return rows
    .filter((row) => row.kind === "sandbox")
    .map((row) => mailboxOf(env, { tenantId: scope.tenantId, id: row.id }));
}

function summaryJson(mail: MailSummary) {
  const { id, connectionId, channel, to, from, subject, plot, happened, atMs } = mail;
  const at = new Date(atMs).toISOString();
  return { id, connection_id: connectionId, channel, to, from, subject, plot, happened: [...happened], at };
}

function mailJson(mail: WholeMail) {
  const { html, text, headers, messageId } = mail;
  return { ...summaryJson(mail), html, text, headers: { ...headers }, message_id: messageId };
}
