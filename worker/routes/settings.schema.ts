/** Contracts: workspace settings, onboarding, audit log. */
import { createRoute, z } from "@hono/zod-openapi";
import { optOutWords } from "#domain/sms/opt-out";
import { body, idSchema, json, moment, needs, pageOf, pageQuery, refusals } from "../contract.ts";

export const tenantSchema = z
  .object({
    id: idSchema("ten"),
    name: z.string(),
    time_zone: z.string(),
    postal_address: z.string(),
    from_name: z.string(),
    from_email: z.string(),
    reply_to: z.string(),
    /** How texts say how to leave, to senders that can be answered and to those that cannot. */
    sms_opt_out: optOutWords,
    created_at: moment,
  })
  .openapi("Tenant");
export const getTenant = createRoute({
  method: "get",
  path: "/v1/tenant",
  tags: ["Settings"],
  summary: "The workspace",
  ...needs("settings.read"),
  responses: { 200: json(tenantSchema, "The workspace"), ...refusals },
});
export const updateTenant = createRoute({
  method: "patch",
  path: "/v1/tenant",
  tags: ["Settings"],
  summary: "Change workspace settings",
  ...needs("settings.write"),
  request: body(
    z
      .object({
        name: z.string().trim().min(1).max(120),
        time_zone: z.string().max(64),
        postal_address: z.string().trim().max(500),
        from_name: z.string().trim().max(120),
        from_email: z.string().trim().max(254),
        reply_to: z.string().trim().max(254),
        /** `keyword` names a word that is obeyed, such as STOP; `{link}` stands in `link` once. */
        sms_opt_out: optOutWords,
      })
      .partial(),
  ),
  responses: { 200: json(tenantSchema, "Changed"), ...refusals },
});

export const onboardingSchema = z
  .object({
    steps: z.array(
      z.object({
        key: z.enum(["sender", "contacts", "template", "test_send", "first_campaign"]),
        done: z.boolean(),
      }),
    ),
    contacts: z.int(),
    campaigns: z.int(),
  })
  .openapi("Onboarding");
export const onboarding = createRoute({
  method: "get",
  path: "/v1/onboarding",
  tags: ["Settings"],
  summary: "How far this workspace is set up, detected from its data",
  ...needs("settings.read"),
  responses: { 200: json(onboardingSchema, "Steps"), ...refusals },
});

export const auditSchema = z
  .object({
    id: idSchema("aud"),
    actor: z.string(),
    actor_name: z.string(),
    action: z.string(),
    subject: z.string(),
    ip: z.string(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    at: moment,
  })
  .openapi("AuditEntry");
export const listAudit = createRoute({
  method: "get",
  path: "/v1/audit-log",
  tags: ["Settings"],
  summary: "Who changed what, newest first",
  ...needs("audit.read"),
  request: { query: pageQuery.extend({ subject: z.string().max(80).optional() }) },
  responses: { 200: json(pageOf(auditSchema), "Entries"), ...refusals },
});
