/** Where providers report: the raw body is verified before anything is parsed, put on a queue, and answered at once. */
import { idText } from "#domain/id-schema";
import { providerKinds } from "#domain/sending/provider";
import { receiveReport } from "../hooks/receive.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";

export const webhooks = createRouter();

const connectionId = idText("cxn");

webhooks.post("/hooks/:provider/:connection", async (c) => {
  const kind = providerKinds.find((known) => known === c.req.param("provider"));
  const id = connectionId.safeParse(c.req.param("connection"));
  if (!kind || !id.success) return problem(c, { kind: "not_found", what: "connection" });
  const rawBody = new Uint8Array(await c.req.arrayBuffer());
  const out = await receiveReport(c.var.deps, { kind, id: id.data, headers: c.req.header(), rawBody });
  return out.ok ? c.body(null, 202) : problem(c, out.error);
});
