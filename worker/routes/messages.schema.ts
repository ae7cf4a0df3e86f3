/** Contracts: transactional messages, one at a time or up to a hundred. */
import { createRoute, z } from "@hono/zod-openapi";
import { channels } from "#domain/contact/consent";
import { maxAttachments } from "#domain/direct/attachments";
import { messageStates } from "#domain/sending/ledger";
import { providerKinds } from "#domain/sending/provider";
import {
  body,
  idParam,
  idSchema,
  json,
  moment,
  needs,
  pageOf,
  pageQuery,
  problemSchema,
  refusals,
} from "../contract.ts";

const email = z.string().trim().min(1).max(320);
const attachment = z.object({
  filename: z.string().trim().min(1).max(200).openapi({ example: "receipt.pdf" }),
  content_type: z.string().trim().toLowerCase().max(127).openapi({ example: "application/pdf" }),
  content: z.string().openapi({ format: "byte", description: "Base64 (RFC 4648 section 4)." }),
  content_id: z
    .string()
    .regex(/^[\w.@+-]{1,120}$/)
    .optional()
    .openapi({ description: "Set where the HTML shows it by `cid:`." }),
});

export const messageBody = z
  .object({
    kind: z.literal("transactional").default("transactional"),
    channel: z.enum(channels).default("email"),
    to: z.string().trim().min(1).max(320).optional().openapi({
      description: "An e-mail address, or a phone number in E.164. One of `to` and `contact_id`.",
      example: "ada@example.com",
    }),
    to_name: z.string().trim().max(120).default(""),
    contact_id: idSchema("ctc").optional(),
    template_id: idSchema("tpl").optional(),
    variables: z
      .record(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/), z.unknown())
      .default({})
      .openapi({
        description:
          "What the template reads beside the contact's own fields; any JSON. A variable that is read and not given is refused.",
        example: { code: "314159" } as never,
      }),
    subject: z.string().trim().max(998).default(""),
    html: z.string().max(1_000_000).default(""),
    text: z.string().max(500_000).default("").openapi({
      description: "The text message; for mail the plain part, made from the HTML where empty.",
    }),
    from: z
      .object({ email, name: z.string().trim().max(120).default("") })
      .optional()
      .openapi({ description: "The workspace's sender where absent." }),
    reply_to: email.optional(),
    sender: z.string().trim().max(15).optional().openapi({
      description: "Text messages: a sender id or number; the connection's own where absent.",
    }),
    connection_id: idSchema("cxn").optional().openapi({ description: "The channel's default where absent." }),
    send_at: moment.optional().openapi({ description: "Now where absent or past; at most 30 days ahead." }),
    attachments: z.array(attachment).max(maxAttachments).default([]),
    track: z
      .object({ opens: z.boolean().default(false), clicks: z.boolean().default(false) })
      .default({ opens: false, clicks: false }),
    metadata: z
      .record(z.string().min(1).max(40), z.string().max(500))
      .refine((all) => Object.keys(all).length <= 20, "at most 20 entries")
      .default({})
      .openapi({
        description: "Your own words about it, given back as they are.",
        example: { order: "1042" },
      }),
    tags: z.array(z.string().trim().min(1).max(60)).max(10).default([]),
  })
  .openapi("NewMessage");
export type MessageBody = z.output<typeof messageBody>;

export const shownStates = ["scheduled", ...messageStates] as const;
const shownState = z.enum(shownStates).openapi({
  description:
    "`scheduled` and `queued` wait; `sending` is under way; `unknown` may have left; `skipped` and `failed` say why in `reason`.",
});

const secret = "Null for callers who may not send messages: it may hold password links and codes.";
const kept = `${secret} Null as well 30 days after the message was settled, when its content is deleted.`;
const summary = {
  id: idSchema("dir"),
  message_id: idSchema("msg"),
  channel: z.enum(channels),
  state: shownState,
  reason: z.string(),
  to: z.string(),
  contact_id: idSchema("ctc").nullable(),
  subject: z.string().nullable().openapi({ description: secret }),
  template_id: idSchema("tpl").nullable(),
  connection_id: idSchema("cxn"),
  provider: z.enum(providerKinds).nullable(),
  provider_message_id: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
  send_at: moment,
  created_at: moment,
  accepted_at: moment.nullable(),
  opened_at: moment.nullable(),
  clicked_at: moment.nullable(),
};
export const messageSummarySchema = z.object(summary).openapi("DirectMessageSummary");
export const messageSchema = z
  .object({
    ...summary,
    from: z.string().nullable().openapi({ description: kept }),
    reply_to: z.string().nullable().openapi({ description: kept }),
    html: z.string().nullable().openapi({ description: kept }),
    text: z.string().nullable().openapi({ description: kept }),
    segments: z.int().nullable().openapi({ description: kept }),
    attachments: z
      .array(
        z.object({
          filename: z.string(),
          content_type: z.string(),
          size_bytes: z.int(),
          content_id: z.string().optional(),
        }),
      )
      .nullable()
      .openapi({ description: kept }),
    events: z.array(
      z.object({
        at: moment,
        kind: z.string(),
        machine: z.boolean(),
        detail: z.string(),
        url: z.string().nullable().openapi({ description: secret }),
      }),
    ),
  })
  .openapi("DirectMessage");
export const acceptedMessageSchema = z
  .object({ id: idSchema("dir"), message_id: idSchema("msg"), state: shownState, reason: z.string() })
  .openapi("AcceptedMessage");

export const sendMessage = createRoute({
  method: "post",
  path: "/v1/messages",
  tags: ["Messages"],
  summary: "Send one transactional message",
  description:
    "A password, a receipt, a shipping notice: to one person, asked for by what they did. Consent to marketing is not " +
    "needed. An address that bounced for good or complained is answered with `skipped`. Nothing is tracked unless asked " +
    "for, and no unsubscribe footer is added. Send an `Idempotency-Key`: a repeat, even after a crash on our side, then " +
    "finds the same message instead of sending a second one.",
  ...needs("messages.send"),
  request: body(messageBody),
  responses: {
    202: json(acceptedMessageSchema, "Taken; it is on its way or scheduled, or skipped with a reason"),
    ...refusals,
  },
});

const batchItem = z.record(z.string(), z.unknown()).openapi({
  allOf: [{ $ref: "#/components/schemas/NewMessage" }],
  description: "As for one message; attachments go with single messages alone.",
} as never);
export const sendMessages = createRoute({
  method: "post",
  path: "/v1/messages/batch",
  tags: ["Messages"],
  summary: "Send up to a hundred transactional messages",
  description:
    "Each stands for itself: what is wrong with one holds no other up. The results are in the order of the request.",
  ...needs("messages.send"),
  request: body(z.object({ messages: z.array(batchItem).min(1).max(100) })),
  responses: {
    202: json(
      z.object({
        data: z.array(
          z.union([
            z.object({ status: z.literal(202), ...acceptedMessageSchema.shape }),
            z.object({ status: z.int(), problem: problemSchema }),
          ]),
        ),
        accepted: z.int(),
        refused: z.int(),
      }),
      "One result for each",
    ),
    ...refusals,
  },
});
export const listMessages = createRoute({
  method: "get",
  path: "/v1/messages",
  tags: ["Messages"],
  summary: "Transactional messages, newest first",
  ...needs("messages.read"),
  request: {
    query: pageQuery.extend({
      address: z.string().trim().max(320).optional(),
      state: z.enum(shownStates).optional(),
      since: moment.optional(),
    }),
  },
  responses: { 200: json(pageOf(messageSummarySchema), "Messages"), ...refusals },
});
export const getMessage = createRoute({
  method: "get",
  path: "/v1/messages/{id}",
  tags: ["Messages"],
  summary: "One message: its content, where it stands, and what happened to it",
  ...needs("messages.read"),
  request: { params: idParam("dir") },
  responses: { 200: json(messageSchema, "The message"), ...refusals },
});
export const cancelMessage = createRoute({
  method: "post",
  path: "/v1/messages/{id}/cancel",
  tags: ["Messages"],
  summary: "Cancel a message that is scheduled or queued",
  ...needs("messages.send"),
  request: { params: idParam("dir") },
  responses: { 200: json(messageSchema, "Cancelled; it is skipped and will not leave"), ...refusals },
});
