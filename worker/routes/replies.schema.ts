/** Contracts: what people wrote back by text message. */
import { createRoute, z } from "@hono/zod-openapi";
import { body, idParam, idSchema, json, moment, needs, pageOf, pageQuery, refusals } from "../contract.ts";

const keyword = z.enum(["stop", "start", "help"]);

export const replySchema = z
  .object({
    id: idSchema("rpl"),
    connection_id: idSchema("cxn"),
    /** Null where nobody with this number is known. */
    contact: z.object({ id: idSchema("ctc"), name: z.string(), email: z.string().nullable() }).nullable(),
    /** E.164, or a short code. */
    from: z.string(),
    to: z.string(),
    text: z.string(),
    /** What was obeyed, unless `needs_review` says that a person must decide. */
    keyword: keyword.nullable(),
    needs_review: z.boolean(),
    at: moment,
  })
  .openapi("Reply");

export const listReplies = createRoute({
  method: "get",
  path: "/v1/replies",
  tags: ["Messages"],
  summary: "Text messages that came back, newest first",
  description:
    "`keyword=stop` and the like show those that were obeyed; `needs_review=true` those that wait for a person.",
  ...needs("audience.read"),
  request: {
    query: pageQuery.extend({
      contact: idSchema("ctc").optional(),
      keyword: keyword.optional(),
      needs_review: z.enum(["true", "false"]).optional(),
    }),
  },
  responses: { 200: json(pageOf(replySchema), "Replies"), ...refusals },
});

export const reviewReply = createRoute({
  method: "post",
  path: "/v1/replies/{id}/review",
  tags: ["Messages"],
  summary: "Decide what a reply asked for",
  description:
    "`unsubscribe` takes everybody with this number out of text messages and suppresses it, as STOP would; `keep` changes nothing. " +
    "Either way it waits no longer. A reply that does not wait is answered with 409.",
  ...needs("audience.write"),
  request: { params: idParam("rpl"), ...body(z.object({ decision: z.enum(["unsubscribe", "keep"]) })) },
  responses: { 200: json(replySchema, "Reviewed"), ...refusals },
});
