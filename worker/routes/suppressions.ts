/** Addresses that are never written to. */
import { z } from "zod";
import { listSuppressions, type Suppression } from "#db/repos/suppressions";
import { channels } from "#domain/contact/consent";
import { pageOfRows, readCursor } from "../cursor.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import { liftByHand, suppressByHand } from "../settings/suppressions.ts";
import * as contract from "./suppressions.schema.ts";

export const suppressions = createRouter();

const place = z.object({ channel: z.enum(channels), address: z.string().max(254) });

suppressions.openapi(contract.listSuppressions, async (c) => {
  const { limit, cursor, search } = c.req.valid("query");
  const after = readCursor(place, cursor);
  if (!after.ok) return problem(c, after.error);
  const rows = await listSuppressions(c.var.scope, { limit: limit + 1, after: after.value, search });
  const page = pageOfRows(rows, limit, ({ channel, address }) => ({ channel, address }));
  return c.json({ data: page.shown.map(suppressionJson), next_cursor: page.nextCursor }, 200);
});

suppressions.openapi(contract.addSuppression, async (c) => {
  const out = await suppressByHand(c.var, c.req.valid("json"));
  return out.ok ? c.json(suppressionJson(out.value), 201) : problem(c, out.error);
});

suppressions.openapi(contract.removeSuppression, async (c) => {
  const out = await liftByHand(c.var, c.req.valid("param").address);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

function suppressionJson({ channel, address, reason, detail, createdAt }: Suppression) {
  return { channel, address, reason, detail, created_at: createdAt.toISOString() };
}
