/** Where providers report: the raw body is verified before anything is parsed, put on a queue, and answered at once. */
import { idText } from "#domain/id-schema";
import { providerKinds } from "#domain/sending/provider";
import { adapterOf } from "#queues/providers/index";
import { receiveReport } from "../hooks/receive.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";

export const webhooks = createRouter();

const connectionId = idText("cxn");

webhooks.on(["GET", "POST"], "/hooks/:provider/:connection", async (c) => {
  const kind = providerKinds.find((known) => known === c.req.param("provider"));
  const id = connectionId.safeParse(c.req.param("connection"));
  if (!kind || !id.success) return problem(c, { kind: "not_found", what: "connection" });
  const rawBody = new Uint8Array(await c.req.arrayBuffer());
  // The address as the provider knows it: behind a proxy or a local port the request itself may say another.
  const { pathname, search } = new URL(c.req.url);
  const report = {
    kind,
    id: id.data,
    method: c.req.method,
    url: `${c.var.deps.publicOrigin}${pathname}${search}`,
    headers: c.req.header(),
    rawBody,
  };
  const out = await receiveReport(c.var.deps, report, (work) => c.executionCtx.waitUntil(work));
  if (!out.ok) return problem(c, out.error);
  const answer = adapterOf(kind).reportAnswer;
  if (!answer || answer.status === 204) return c.body(null, answer?.status ?? 202);
  return c.body(answer.body, answer.status, { "content-type": answer.contentType });
});
