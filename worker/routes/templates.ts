/** Templates, their versions, preview and test send. */
import { z } from "zod";
import { listTemplates, listVersions, type VersionedTemplate } from "#db/repos/templates";
import { idText } from "#domain/id-schema";
import type { Count } from "#domain/sms/segments";
import { previewContent } from "../content/preview.ts";
import { previewSms, type SmsPreview } from "../content/preview-sms.ts";
import {
  changeTemplate,
  createTemplate,
  deleteTemplate,
  etagOf,
  readTemplate,
} from "../content/templates.ts";
import { sendTemplateTest } from "../content/test-send.ts";
import { pageOfRows, readCursor } from "../cursor.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./templates.schema.ts";

export const templates = createRouter();

const place = z.object({ at: z.iso.datetime(), id: idText("tpl") });

templates.openapi(contract.listTemplates, async (c) => {
  const { limit, cursor, channel } = c.req.valid("query");
  const after = readCursor(place, cursor);
  if (!after.ok) return problem(c, after.error);
  const from = after.value && { updatedAt: new Date(after.value.at), id: after.value.id };
  const rows = await listTemplates(c.var.scope, { limit: limit + 1, after: from, channel });
  const page = pageOfRows(rows, limit, ({ template }) => ({
    at: template.updatedAt.toISOString(),
    id: template.id,
  }));
  const data = page.shown.map(({ template, subject, excerpt }) => ({
    id: template.id,
    channel: template.channel,
    excerpt,
    name: template.name,
    version: template.currentVersion,
    subject,
    created_at: template.createdAt.toISOString(),
    updated_at: template.updatedAt.toISOString(),
  }));
  return c.json({ data, next_cursor: page.nextCursor }, 200);
});

templates.openapi(contract.createTemplate, async (c) => {
  const out = await createTemplate(c.var, c.req.valid("json"));
  return out.ok ? c.json(templateJson(out.value), 201, { etag: etagOf(out.value) }) : problem(c, out.error);
});

templates.openapi(contract.getTemplate, async (c) => {
  const out = await readTemplate(c.var.scope, c.req.valid("param").id, c.req.valid("query").version);
  return out.ok ? c.json(templateJson(out.value), 200, { etag: etagOf(out.value) }) : problem(c, out.error);
});

templates.openapi(contract.updateTemplate, async (c) => {
  const ifMatch = c.req.valid("header")["if-match"];
  const out = await changeTemplate(c.var, c.req.valid("param").id, c.req.valid("json"), ifMatch);
  return out.ok ? c.json(templateJson(out.value), 200, { etag: etagOf(out.value) }) : problem(c, out.error);
});

templates.openapi(contract.deleteTemplate, async (c) => {
  const out = await deleteTemplate(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

templates.openapi(contract.listTemplateVersions, async (c) => {
  const { id } = c.req.valid("param");
  const found = await readTemplate(c.var.scope, id);
  if (!found.ok) return problem(c, found.error);
  const rows = await listVersions(c.var.scope, id);
  const data = rows.map(({ version, subject, createdBy, createdAt }) => ({
    version,
    subject,
    created_by: createdBy,
    created_at: createdAt.toISOString(),
  }));
  return c.json({ data }, 200);
});

templates.openapi(contract.previewContent, async (c) => {
  const { contact_id, channel, ...given } = c.req.valid("json");
  if (channel === "sms") {
    const text = await previewSms(c.var, given, contact_id);
    return text.ok ? c.json(smsPreviewJson(text.value), 200) : problem(c, text.error);
  }
  const content = { ...given, subject: given.subject ?? "", html: given.html ?? "" };
  const out = await previewContent(c.var, content, contact_id);
  if (!out.ok) return problem(c, out.error);
  const { mail, problems } = out.value;
  const { subject, preheader, html, text } = mail ?? { subject: "", preheader: "", html: "", text: "" };
  const sizeBytes = new TextEncoder().encode(html).length;
  return c.json(
    { subject, preheader, html, text, size_bytes: sizeBytes, problems: [...problems], sms: null },
    200,
  );
});

templates.openapi(contract.testSend, async (c) => {
  const out = await sendTemplateTest(c.var, c.req.valid("param").id, c.req.valid("json"));
  return out.ok ? c.json(out.value, 200) : problem(c, out.error);
});

function templateJson({ template, content }: VersionedTemplate) {
  const { subject, preheader, html, text, defaults } = content;
  return {
    id: template.id,
    channel: template.channel,
    name: template.name,
    version: content.version,
    subject,
    preheader,
    html,
    text,
    defaults,
    created_at: template.createdAt.toISOString(),
    updated_at: template.updatedAt.toISOString(),
  };
}

function smsPreviewJson({ rendered, worst, problems, plain }: SmsPreview) {
  const count = (one: Count | undefined) => {
    if (!one) return null;
    const { outsideGsm, ...sizes } = one;
    return { ...sizes, outside_gsm: [...outsideGsm] };
  };
  return {
    subject: "",
    preheader: "",
    html: "",
    text: rendered?.text ?? "",
    size_bytes: 0,
    problems: [...problems],
    sms: {
      count: count(rendered?.count),
      worst: count(worst),
      plain: plain && { text: plain.text, replaced: [...plain.replaced], left: [...plain.left] },
    },
  };
}
