/** The OpenAPI 3.1 document: every contract of worker/routes, in one place. */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import { permissions } from "#domain/tenant/role";
import { isStreamed } from "./middleware/body-limit.ts";
import * as apiKeys from "./routes/api-keys.schema.ts";
import * as auth from "./routes/auth.schema.ts";
import * as campaignActs from "./routes/campaign-acts.schema.ts";
import * as campaignMissed from "./routes/campaign-missed.schema.ts";
import * as campaignRejudge from "./routes/campaign-rejudge.schema.ts";
import * as campaignReports from "./routes/campaign-reports.schema.ts";
import * as campaignTimes from "./routes/campaign-times.schema.ts";
import * as campaigns from "./routes/campaigns.schema.ts";
import * as connectionReports from "./routes/connection-reports.schema.ts";
import * as connections from "./routes/connections.schema.ts";
import * as contacts from "./routes/contacts.schema.ts";
import * as deadLetters from "./routes/dead-letters.schema.ts";
import * as fields from "./routes/fields.schema.ts";
import * as imports from "./routes/imports.schema.ts";
import * as lists from "./routes/lists.schema.ts";
import * as members from "./routes/members.schema.ts";
import * as messages from "./routes/messages.schema.ts";
import * as policy from "./routes/policy.schema.ts";
import * as replies from "./routes/replies.schema.ts";
import * as sandbox from "./routes/sandbox.schema.ts";
import * as segments from "./routes/segments.schema.ts";
import * as settings from "./routes/settings.schema.ts";
import * as suppressions from "./routes/suppressions.schema.ts";
import * as tags from "./routes/tags.schema.ts";
import * as templates from "./routes/templates.schema.ts";

export const info = {
  openapi: "3.1.0",
  info: {
    title: "Larkpost API",
    version: "1.0.0",
    description:
      "Contacts, campaigns and their books. Every answer is JSON in snake_case; every refusal is application/problem+json (RFC 9457).",
  },
  servers: [{ url: "/", description: "This deployment" }],
  tags: [
    "Auth",
    "Audience",
    "Imports",
    "Content",
    "Campaigns",
    "Messages",
    "Sandbox",
    "Connections",
    "Settings",
    "Operations",
  ].map((name) => ({ name })),
};

type Contract = Parameters<OpenAPIHono["openAPIRegistry"]["registerPath"]>[0];
type Routed = Contract & { getRoutingPath(): string };

function isContract(value: unknown): value is Routed {
  return typeof value === "object" && value !== null && "getRoutingPath" in value;
}

/** Every contract there is; the tests walk this list, so a route cannot be forgotten. */
export const contracts: readonly Routed[] = [
  auth,
  settings,
  members,
  apiKeys,
  connections,
  connectionReports,
  campaignRejudge,
  suppressions,
  replies,
  contacts,
  fields,
  tags,
  lists,
  segments,
  imports,
  templates,
  campaigns,
  campaignActs,
  campaignReports,
  campaignMissed,
  messages,
  campaignTimes,
  policy,
  deadLetters,
  sandbox,
].flatMap((module) => Object.values(module as Record<string, unknown>).filter(isContract));

export function openApiDocument() {
  const registry = new OpenAPIHono();
  registry.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "__Host-larkpost",
    description: "Set at login. Names the workspace in `X-Tenant-Id` where the person has several.",
  });
  registry.openAPIRegistry.registerComponent("securitySchemes", "apiKey", { type: "http", scheme: "bearer" });
  for (const contract of contracts)
    registry.openAPIRegistry.registerPath({
      ...contract,
      ...(takesKey(contract) ? { request: { ...contract.request, headers: idempotencyHeader } } : {}),
      operationId: operationId(contract),
    });
  return registry.getOpenAPI31Document(info);
}

const idempotencyHeader = z.object({
  "idempotency-key": z
    .string()
    .max(255)
    .optional()
    .openapi({
      description:
        "Makes repeating harmless: the same key with the same body is carried out once, and its answer is given again " +
        "for 24 hours (with `Idempotent-Replayed: true`). The same key with another body is 422 `key_reused`; while the " +
        "first request is under way, 409 `key_in_use`. Refusals are not kept. 1 to 255 visible ASCII characters.",
      example: "order-1042-receipt",
    }),
});

/** The middleware of `needs` reads it on every POST of a workspace whose body is not streamed. */
function takesKey(contract: Contract): boolean {
  const permission = (contract as { "x-permission"?: string })["x-permission"] ?? "public";
  return contract.method === "post" && !isStreamed(contract.path) && permission in permissions;
}

function operationId(contract: Routed): string {
  const words = contract.path
    .replace(/^\/v1\//, "")
    .split(/[/{}._-]+/)
    .filter(Boolean);
  return contract.method + words.map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join("");
}
