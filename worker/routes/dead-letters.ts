/** Failed jobs: what they were, and what is done about them. */
import { countWaitingLetters, type DeadLetter, listDeadLetters } from "#db/repos/dead-letters";
import { idText } from "#domain/id-schema";
import { pageOfRows, readCursor } from "../cursor.ts";
import { discard, oneLetter, redriveMany, redriveOne } from "../operations/dead-letters.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./dead-letters.schema.ts";

export const deadLetters = createRouter();

function shown({ id, queue, body, state, error, at, settledAt }: DeadLetter) {
  const kind = typeof body === "object" && body !== null && "kind" in body ? String(body.kind) : "";
  const settled_at = settledAt?.toISOString() ?? null;
  return { id, queue, kind, state, error, at: at.toISOString(), settled_at };
}

deadLetters.openapi(contract.listDeadLetters, async (c) => {
  const { limit, cursor, state } = c.req.valid("query");
  const before = readCursor(idText("dlt"), cursor);
  if (!before.ok) return problem(c, before.error);
  const { scope } = c.var;
  const [rows, waiting] = await Promise.all([
    listDeadLetters(scope, { limit: limit + 1, before: before.value, state }),
    countWaitingLetters(scope),
  ]);
  const page = pageOfRows(rows, limit, (last) => last.id);
  return c.json({ data: page.shown.map(shown), next_cursor: page.nextCursor, waiting }, 200);
});

deadLetters.openapi(contract.getDeadLetter, async (c) => {
  const found = await oneLetter(c.var.scope, c.req.valid("param").id);
  return found.ok ? c.json({ ...shown(found.value), body: found.value.body }, 200) : problem(c, found.error);
});

deadLetters.openapi(contract.redriveDeadLetter, async (c) => {
  const out = await redriveOne(c.var, c.req.valid("param").id);
  return out.ok ? c.json(shown(out.value), 200) : problem(c, out.error);
});

deadLetters.openapi(contract.redriveDeadLetters, async (c) =>
  c.json(await redriveMany(c.var, c.req.valid("json").ids), 200),
);

deadLetters.openapi(contract.discardDeadLetter, async (c) => {
  const out = await discard(c.var, c.req.valid("param").id);
  return out.ok ? c.json(shown(out.value), 200) : problem(c, out.error);
});
