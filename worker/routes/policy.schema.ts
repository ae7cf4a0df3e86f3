/** Contracts: sending rules, that is frequency caps and quiet hours. */
import { createRoute, z } from "@hono/zod-openapi";
import { frequencyCap, quietHours } from "#domain/sending/policy";
import { body, json, needs, refusals } from "../contract.ts";

const channel = z.object({
  /** At most so many campaign messages to one person within so many days; null: no cap. */
  cap: frequencyCap.nullable(),
  /** On the recipient's own clock; null: none. */
  quiet_hours: quietHours.nullable(),
});
const rules = z.object({
  email: channel,
  sms: channel,
  /** A message that would be held longer than this is skipped, with the reason. */
  hold_at_most_hours: z.int().min(1).max(720),
});

export const policySchema = rules
  .extend({
    /** The clock of people whose own is not known: the workspace's. */
    time_zone: z.string(),
  })
  .openapi("SendingRules");

export const getPolicy = createRoute({
  method: "get",
  path: "/v1/settings/policy",
  tags: ["Settings"],
  summary: "Sending rules",
  description: "Frequency caps and quiet hours of campaigns. Transactional messages are not held.",
  ...needs("settings.read"),
  responses: { 200: json(policySchema, "The rules"), ...refusals },
});
export const updatePolicy = createRoute({
  method: "patch",
  path: "/v1/settings/policy",
  tags: ["Settings"],
  summary: "Change sending rules",
  description:
    "What is absent stays; a channel that is given is replaced as a whole. Runs under way keep the rules of their launch.",
  ...needs("settings.write"),
  request: body(rules.partial()),
  responses: { 200: json(policySchema, "The rules now"), ...refusals },
});
