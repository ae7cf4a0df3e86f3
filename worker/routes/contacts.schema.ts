/** Contracts: contacts. */
import { createRoute, z } from "@hono/zod-openapi";
import { channels, consentStatuses } from "#domain/contact/consent";
import { fieldKeyPattern } from "#domain/contact/fields";
import { eventKinds } from "#domain/tracking/event";
import {
  body,
  idParam,
  idSchema,
  json,
  moment,
  needs,
  noContent,
  pageOf,
  pageQuery,
  refusals,
} from "../contract.ts";

const fieldValue = z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]);

export const contactSchema = z
  .object({
    id: idSchema("ctc"),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    first_name: z.string(),
    last_name: z.string(),
    locale: z.string(),
    time_zone: z.string(),
    country: z.string(),
    fields: z.record(z.string(), fieldValue),
    tags: z.array(z.string()),
    email_consent: z.enum(consentStatuses),
    sms_consent: z.enum(consentStatuses),
    /** Why this address is never written to, if so. */
    suppressed: z.string().nullable(),
    source: z.string(),
    created_at: moment,
    updated_at: moment,
  })
  .openapi("Contact");

const writable = z.object({
  email: z.string().trim().max(300).nullable(),
  phone: z.string().trim().max(40).nullable(),
  first_name: z.string().trim().max(100),
  last_name: z.string().trim().max(100),
  locale: z.string().trim().max(35),
  time_zone: z.string().trim().max(64),
  country: z.string().trim().max(2),
  fields: z.record(z.string().regex(fieldKeyPattern), fieldValue),
  tags: z.array(z.string().trim().min(1).max(60)).max(100),
});

export const listContacts = createRoute({
  method: "get",
  path: "/v1/contacts",
  tags: ["Audience"],
  summary: "Contacts, newest first",
  description: "`search` finds the beginning of an e-mail address, first name, last name or phone number.",
  ...needs("audience.read"),
  request: {
    query: pageQuery.extend({
      search: z.string().trim().max(254).optional(),
      tag: idSchema("tag").optional(),
      list: idSchema("lst").optional(),
      segment: idSchema("seg").optional(),
      consent: z.enum(consentStatuses).optional(),
      count: z.enum(["exact"]).optional(),
    }),
  },
  responses: {
    200: json(pageOf(contactSchema).extend({ count: z.int().optional() }), "Contacts"),
    ...refusals,
  },
});
export const createContact = createRoute({
  method: "post",
  path: "/v1/contacts",
  tags: ["Audience"],
  summary: "Add a contact",
  ...needs("audience.write"),
  request: body(
    writable.partial().extend({
      email_consent: z.enum(["none", "subscribed"]).default("none"),
      consent_wording: z.string().max(1_000).default(""),
    }),
  ),
  responses: { 201: json(contactSchema, "Added"), ...refusals },
});
export const getContact = createRoute({
  method: "get",
  path: "/v1/contacts/{id}",
  tags: ["Audience"],
  summary: "One contact",
  ...needs("audience.read"),
  request: { params: idParam("ctc") },
  responses: { 200: json(contactSchema, "The contact"), ...refusals },
});
export const updateContact = createRoute({
  method: "patch",
  path: "/v1/contacts/{id}",
  tags: ["Audience"],
  summary: "Change a contact; `fields` are merged, a null removes one",
  ...needs("audience.write"),
  request: { params: idParam("ctc"), ...body(writable.partial()) },
  responses: { 200: json(contactSchema, "Changed"), ...refusals },
});
export const deleteContact = createRoute({
  method: "delete",
  path: "/v1/contacts/{id}",
  tags: ["Audience"],
  summary: "Delete a contact; its past messages stay in the books without it",
  ...needs("audience.write"),
  request: { params: idParam("ctc") },
  responses: { 204: noContent, ...refusals },
});
export const setConsent = createRoute({
  method: "put",
  path: "/v1/contacts/{id}/consent",
  tags: ["Audience"],
  summary: "Record a change of consent, with its proof",
  description:
    "Subscribing somebody who had unsubscribed needs `confirmed: true`: that they asked for it themselves.",
  ...needs("audience.write"),
  request: {
    params: idParam("ctc"),
    ...body(
      z.object({
        channel: z.enum(channels),
        status: z.enum(["subscribed", "unsubscribed"]),
        wording: z.string().max(1_000).default(""),
        confirmed: z.boolean().default(false),
      }),
    ),
  },
  responses: { 200: json(contactSchema, "Recorded"), ...refusals },
});

export const timelineEntrySchema = z
  .object({
    at: moment,
    kind: z.enum([...eventKinds, "queued", "skipped", "consent", "created"]),
    title: z.string(),
    detail: z.string(),
    machine: z.boolean(),
    campaign_id: idSchema("cmp").nullable(),
    message_id: idSchema("msg").nullable(),
  })
  .openapi("TimelineEntry");
export const contactTimeline = createRoute({
  method: "get",
  path: "/v1/contacts/{id}/timeline",
  tags: ["Audience"],
  summary: "What happened with a contact, newest first",
  ...needs("audience.read"),
  request: {
    params: idParam("ctc"),
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(100) }),
  },
  responses: { 200: json(z.object({ data: z.array(timelineEntrySchema) }), "Entries"), ...refusals },
});
