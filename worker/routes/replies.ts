/** What people wrote back by text message, and the decisions on what machines could not read. */
import { listReplies, type ShownReply } from "#db/repos/replies";
import { idText } from "#domain/id-schema";
import { reviewReply } from "../audience/replies.ts";
import { pageOfRows, readCursor } from "../cursor.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./replies.schema.ts";

export const replies = createRouter();

replies.openapi(contract.listReplies, async (c) => {
  const { limit, cursor, contact, keyword, needs_review } = c.req.valid("query");
  const before = readCursor(idText("rpl"), cursor);
  if (!before.ok) return problem(c, before.error);
  const needsReview = needs_review === undefined ? undefined : needs_review === "true";
  const filter = { limit: limit + 1, before: before.value, contactId: contact, keyword, needsReview };
  const page = pageOfRows(await listReplies(c.var.scope, filter), limit, (last) => last.id);
  return c.json({ data: page.shown.map(replyJson), next_cursor: page.nextCursor }, 200);
});

replies.openapi(contract.reviewReply, async (c) => {
  const out = await reviewReply(c.var, c.req.valid("param").id, c.req.valid("json").decision);
  return out.ok ? c.json(replyJson(out.value), 200) : problem(c, out.error);
});

function replyJson(row: ShownReply) {
  const name = [row.firstName, row.lastName].filter(Boolean).join(" ");
  return {
    id: row.id,
    connection_id: row.connectionId,
    // A contact that was erased since leaves only its reply.
    contact:
      row.contactId === null || row.firstName === null ? null : { id: row.contactId, name, email: row.email },
    from: row.fromAddress,
    to: row.toAddress,
    text: row.text,
    keyword: row.keyword === "" ? null : row.keyword,
    needs_review: row.needsReview === 1,
    at: row.at.toISOString(),
  };
}
