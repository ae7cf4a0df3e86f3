/** What a recipient would read of a text message, how large it is, and how it could be plainer. */
import { getContact } from "#db/repos/contacts";
import { listFields } from "#db/repos/fields";
import { getTenant } from "#db/repos/tenants";
import type { TenantDb } from "#db/scope";
import type { ContactId } from "#domain/ids";
import type { ContentProblem } from "#domain/message/problem";
import { inputsOf, inventRecipient } from "#domain/message/variables";
import { fail, ok, type Result } from "#domain/result";
import { optOutFor } from "#domain/sms/campaign-sender";
import { checkSms, sampleShortUrls } from "#domain/sms/check";
import { compileSms, type RenderedSms, renderSms, type SmsContent } from "#domain/sms/content";
import { type Gsm7Offer, toGsm7 } from "#domain/sms/gsm7";
import type { Count } from "#domain/sms/segments";
import type { Deps } from "#queues/deps";
import { campaignWays } from "#queues/sending/campaign-ways";

export type SmsPreview = {
  /** Undefined where the content cannot be rendered; `problems` says why. */
  readonly rendered: RenderedSms | undefined;
  /** Of everybody it was tried for, the longest. */
  readonly worst: Count | undefined;
  readonly problems: readonly ContentProblem[];
  /** The author's text in the plain alphabet; null where it is plain already. */
  readonly plain: Gsm7Offer | null;
};

export async function previewSms(
  { scope, deps }: { readonly scope: TenantDb; readonly deps: Deps },
  content: SmsContent,
  contactId: ContactId | undefined,
): Promise<Result<SmsPreview>> {
  const [tenant, fields, contact, ways] = await Promise.all([
    getTenant(scope),
    listFields(scope),
    contactId ? getContact(scope, contactId) : undefined,
    // By which a campaign that names none would go out: whether they can be answered decides how one leaves.
    campaignWays(scope, { connectionId: null, channel: "sms" }),
  ]);
  if (contactId && !contact) return fail({ kind: "not_found", what: "contact" });
  const around = { tenantName: tenant.name, nowMs: deps.now() };
  const optOut = optOutFor(tenant.smsOptOut, ways, "").line;
  // Links are shown as they will stand in the message: their length is part of it.
  const options = { trackClicks: true, optOut };
  const keys = fields.map((field) => field.key);
  const { problems, worst } = checkSms(content, {
    ...options,
    ...around,
    fields: keys,
    origin: deps.publicOrigin,
  });
  const offer = toGsm7(content.text);
  const plain = offer.replaced.length > 0 ? offer : null;
  const compiled = compileSms(content, options);
  if (!compiled.ok) return ok({ rendered: undefined, worst, problems, plain });
  const inputs = inputsOf(compiled.value, contact ?? inventRecipient(fields), around);
  const rendered = renderSms(compiled.value, inputs, sampleShortUrls(deps.publicOrigin));
  if (rendered.ok) return ok({ rendered: rendered.value, worst, problems, plain });
  const isKnown = problems.some((p) => p.message === rendered.error.message);
  return ok({
    rendered: undefined,
    worst,
    problems: isKnown ? problems : [rendered.error, ...problems],
    plain,
  });
}
