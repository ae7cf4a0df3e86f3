/** The workspace: its settings, how far it is set up, and its log. */
import { listAudit } from "#db/repos/audit";
import { getProgress, getTenant } from "#db/repos/tenants";
import { idText } from "#domain/id-schema";
import { pageOfRows, readCursor } from "../cursor.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import { patchTenant, tenantJson } from "../settings/tenant.ts";
import * as contract from "./settings.schema.ts";

export const settings = createRouter();

settings.openapi(contract.getTenant, async (c) => c.json(tenantJson(await getTenant(c.var.scope)), 200));

settings.openapi(contract.updateTenant, async (c) => {
  const out = await patchTenant(c.var, c.req.valid("json"));
  return out.ok ? c.json(tenantJson(out.value), 200) : problem(c, out.error);
});

settings.openapi(contract.onboarding, async (c) => {
  const tenant = await getTenant(c.var.scope);
  const progress = await getProgress(c.var.scope);
  const steps = [
    { key: "sender" as const, done: tenant.fromEmail !== "" && tenant.postalAddress !== "" },
    { key: "contacts" as const, done: progress.contacts > 0 },
    { key: "template" as const, done: progress.hasTemplate },
    { key: "test_send" as const, done: progress.hasTestSend },
    { key: "first_campaign" as const, done: progress.hasLaunched },
  ];
  return c.json({ steps, contacts: progress.contacts, campaigns: progress.campaigns }, 200);
});

settings.openapi(contract.listAudit, async (c) => {
  const { limit, cursor, subject } = c.req.valid("query");
  const before = readCursor(idText("aud"), cursor);
  if (!before.ok) return problem(c, before.error);
  const rows = await listAudit(c.var.scope, { limit: limit + 1, before: before.value, subject });
  const page = pageOfRows(rows, limit, (last) => last.id);
  const data = page.shown.map(({ actorName, at, ...row }) => ({
    ...row,
    actor_name: actorName,
    at: at.toISOString(),
  }));
  return c.json({ data, next_cursor: page.nextCursor }, 200);
});
