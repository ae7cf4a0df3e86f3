/** Writes the text messages of a run: rendered for each person, with their own short links, from what was frozen. */
import type { TenantId } from "#domain/ids";
import { inputsOf } from "#domain/message/variables";
import { fail, ok } from "#domain/result";
import { renderSms } from "#domain/sms/content";
import { shortTokens } from "#domain/tracking/short-token";
import { shortUrls } from "#domain/tracking/urls";
import type { Deps } from "../deps.ts";
import type { FrozenText } from "./frozen-run.ts";
import type { Writer } from "./writer.ts";

export async function smsWriterFor(deps: Deps, tenantId: TenantId, frozen: FrozenText): Promise<Writer> {
  const { run, compiled, tenantName } = frozen;
  const { sign } = await deps.deploymentKey();
  const around = { tenantName, nowMs: run.startedAt.getTime() };
  return {
    prepare: ({ contactId, messageId, address, tries }, contact) => ({
      contactId,
      messageId,
      address,
      tries,
      inputs: inputsOf(compiled, contact, around),
    }),
    async write({ messageId, address, inputs }) {
      const urls = shortUrls(deps.publicOrigin, await shortTokens(sign, tenantId, messageId));
      const rendered = renderSms(compiled, inputs, urls);
      if (!rendered.ok)
        return fail({ kind: "invalid", errors: [{ pointer: "text", detail: rendered.error.message }] });
      // An empty sender is the connection's own, whichever connection it goes out by.
      return ok({ channel: "sms", messageId, from: run.sender, to: address, text: rendered.value.text });
    },
  };
}
