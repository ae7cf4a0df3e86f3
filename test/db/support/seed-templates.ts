/** The demo shop's templates, told apart by channel, and what is wrong with a text. */
import { eq } from "drizzle-orm";
import { templates, templateVersions } from "#db/schema/index";
import type { TenantDb } from "#db/scope";
import { shop } from "#db/seed/shop";
import { checkSms } from "#domain/sms/check";
import type { SmsContent } from "#domain/sms/content";
import { defaultOptOut } from "#domain/sms/opt-out";

export async function versionsByChannel(scope: TenantDb) {
  const [versions, texts] = await Promise.all([
    scope.select(templateVersions),
    scope.pick({ id: templates.id }, templates, eq(templates.channel, "sms")),
  ]);
  const ids = new Set(texts.map((one) => one.id));
  const byChannel = Object.groupBy(versions, (one) => (ids.has(one.templateId) ? "texts" : "mails"));
  return { mails: byChannel.mails ?? [], texts: byChannel.texts ?? [] };
}

export const oneWellFormedPart = { problems: [], encoding: "gsm-7", segments: 1 };

/** As one customer with a name in the GSM alphabet gets it, and one without a name. */
export function checkText(text: SmsContent, fields: readonly string[]) {
  const named = { email: null, firstName: "Aoife", lastName: "", locale: "en-IE", country: "IE", fields: {} };
  const { problems, worst } = checkSms(text, {
    fields,
    tenantName: shop.name,
    nowMs: 0,
    origin: "https://larkpost.example",
    trackClicks: true,
    optOut: defaultOptOut.keyword,
    sample: [named],
  });
  return { problems, encoding: worst?.encoding, segments: worst?.segments };
}
