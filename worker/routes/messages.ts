/** Transactional messages. */
import { z } from "zod";
import { listDirectSends } from "#db/repos/direct-sends";
import { normalizeEmail, normalizePhone } from "#domain/contact/address";
import { idText } from "#domain/id-schema";
import { pageOfRows, readCursor } from "../cursor.ts";
import { type Accepted, acceptMessage, idFor } from "../messages/accept.ts";
import { acceptBatch } from "../messages/batch.ts";
import { cancelMessage } from "../messages/cancel.ts";
import { knownContacts, messageView, summaryJson } from "../messages/view.ts";
import { problem, problemBody, problems } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./messages.schema.ts";

export const messages = createRouter();

const place = z.object({ id: idText("dir") });
const locationOf = (id: string) => `/v1/messages/${id}`;

messages.openapi(contract.sendMessage, async (c) => {
  const id = await idFor(c.var, c.get("idempotency"));
  const out = await acceptMessage(c.var, id, c.req.valid("json"));
  return out.ok ? c.json(acceptedJson(out.value), 202, { location: locationOf(id) }) : problem(c, out.error);
});

messages.openapi(contract.sendMessages, async (c) => {
  const results = await acceptBatch(c.var, c.get("idempotency"), c.req.valid("json").messages);
  const data = results.map((one) =>
    one.ok
      ? { status: 202 as const, ...acceptedJson(one.value) }
      : { status: problems[one.error.kind].status, problem: problemBody(one.error, c.var.requestId) },
  );
  const accepted = results.filter((one) => one.ok).length;
  return c.json({ data, accepted, refused: results.length - accepted }, 202);
});

messages.openapi(contract.listMessages, async (c) => {
  const { limit, cursor, address, state, since } = c.req.valid("query");
  const after = readCursor(place, cursor);
  if (!after.ok) return problem(c, after.error);
  const nowMs = c.var.deps.now();
  const rows = await listDirectSends(c.var.scope, {
    limit: limit + 1,
    before: after.value?.id,
    // What is neither is searched for as it is, and found nowhere.
    address: address && (normalizeEmail(address) ?? normalizePhone(address) ?? address),
    state,
    since: since ? new Date(since) : undefined,
    now: new Date(nowMs),
  });
  const page = pageOfRows(rows, limit, ({ send }) => ({ id: send.id }));
  const known = await knownContacts(c.var.scope, page.shown);
  const data = page.shown.map((row) => summaryJson(row, known, c.var.actor.role, nowMs));
  return c.json({ data, next_cursor: page.nextCursor }, 200);
});

messages.openapi(contract.getMessage, async (c) => {
  const out = await messageView(c.var.scope, c.req.valid("param").id, c.var.actor.role, c.var.deps.now());
  return out.ok ? c.json(out.value, 200) : problem(c, out.error);
});

messages.openapi(contract.cancelMessage, async (c) => {
  const out = await cancelMessage(c.var, c.req.valid("param").id);
  return out.ok ? c.json(out.value, 200) : problem(c, out.error);
});

function acceptedJson({ id, messageId, state, reason }: Accepted) {
  return { id, message_id: messageId, state, reason };
}
