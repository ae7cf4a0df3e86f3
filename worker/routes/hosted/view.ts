/** "View in browser": the same mail again, from the run's frozen content, with nothing in it able to act. */
import { recipientOf } from "#db/repos/recipients";
import { escapeHtml } from "#domain/message/html";
import { renderMessage } from "#domain/message/render";
import { inputsOf } from "#domain/message/variables";
import { messageTokens } from "#domain/tracking/token";
import { recipientUrls } from "#domain/tracking/urls";
import { frozenRun } from "#queues/sending/frozen-run";
import { visitOf } from "../../recipient/visit.ts";
import { createRouter } from "../../router.ts";
import { unknownLink } from "./unknown.ts";

export const view = createRouter();

/**
 * Templates are written by tenants and shown here under our own name, beside the dashboard: the sandbox takes scripts,
 * forms and our origin away from them, and leaves them their links.
 */
const policy = [
  "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
  "default-src 'none'",
  "img-src https: http: data:",
  "style-src 'unsafe-inline' https:",
  "font-src https: data:",
  "media-src https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

view.get("/t/v/:token", async (c) => {
  const visit = await visitOf(c, "view");
  const recipient = visit && (await recipientOf(visit.scope, visit.messageId));
  const frozen = recipient && (await frozenRun(c.var.deps, visit.tenantId, recipient.runId));
  // A text message has no page of its own.
  if (!visit || !recipient || frozen?.channel !== "email") return unknownLink(c);
  const { deps } = c.var;
  const { sign } = await deps.deploymentKey();
  const tokens = await messageTokens(sign, visit.tenantId, visit.messageId);
  const urls = recipientUrls(deps.publicOrigin, visit.tenantId, tokens, recipient.runId);
  const around = { tenantName: frozen.tenantName, nowMs: frozen.run.startedAt.getTime() };
  const rendered = renderMessage(frozen.compiled, inputsOf(frozen.compiled, recipient.contact, around), urls);
  if (!rendered.ok) return unknownLink(c);
  const { html, text } = rendered.value;
  return c.html(html || `<!doctype html><meta charset="utf-8"><pre>${escapeHtml(text)}</pre>`, 200, {
    "content-security-policy": policy,
    "cache-control": "private, no-store",
    "x-robots-tag": "noindex, nofollow",
  });
});
