/** Writes the letters of a run: renders for each person, with their own links, from what was frozen. */
import type { Person } from "#db/repos/ledger";
import type { TenantId } from "#domain/ids";
import { mergeOf } from "#domain/message/merge";
import { renderMessage } from "#domain/message/render";
import { inputsOf } from "#domain/message/variables";
import { fail, ok, type Result } from "#domain/result";
import type { Outgoing } from "#domain/sending/provider";
import { messageTokens } from "#domain/tracking/token";
import { recipientUrls } from "#domain/tracking/urls";
import type { Deps } from "../deps.ts";
import type { FrozenMail, FrozenRun } from "./frozen-run.ts";
import type { Letter } from "./inputs.ts";
import { smsWriterFor } from "./sms-writer.ts";

export type Writer = {
  /** What is kept of a person before anything is said: with the frozen content it yields their mail. */
  prepare(row: LetterRow, contact: Person): Letter;
  /**
   * The mail itself; the same letter gives the same bytes, now and after a crash. Fails where the content cannot be
   * rendered for this person, and then always.
   */
  write(letter: Letter): Promise<Result<Outgoing>>;
  /** About the memory a written letter takes; so little that nobody need count where absent. */
  readonly letterBytes?: number;
};
type LetterRow = Pick<Letter, "contactId" | "messageId" | "address" | "tries">;

export async function writerFor(deps: Deps, tenantId: TenantId, frozen: FrozenRun): Promise<Writer> {
  return frozen.channel === "sms"
    ? smsWriterFor(deps, tenantId, frozen)
    : mailWriterFor(deps, tenantId, frozen);
}

async function mailWriterFor(deps: Deps, tenantId: TenantId, frozen: FrozenMail): Promise<Writer> {
  const { run, compiled, tenantName } = frozen;
  const { sign } = await deps.deploymentKey();
  const around = { tenantName, nowMs: run.startedAt.getTime() };
  const from = { email: run.fromEmail, name: run.fromName || undefined };
  const replyTo = run.replyTo ? { email: run.replyTo } : undefined;

  return {
    // Two bytes a character beyond Latin-1, and half as much again for links, which grow.
    letterBytes: 3 * run.html.length + 2 * run.text.length,
    prepare: ({ contactId, messageId, address, tries }, contact) => ({
      contactId,
      messageId,
      address,
      tries,
      inputs: inputsOf(compiled, contact, around),
    }),
    async write(letter) {
      const tokens = await messageTokens(sign, tenantId, letter.messageId);
      const urls = recipientUrls(deps.publicOrigin, tenantId, tokens, run.id);
      const rendered = renderMessage(compiled, letter.inputs, urls);
      if (!rendered.ok) {
        const { part, message } = rendered.error;
        return fail({ kind: "invalid", errors: [{ pointer: part, detail: message }] });
      }
      const { subject, html, text, headers } = rendered.value;
      const { messageId, address } = letter;
      return ok({
        messageId,
        from,
        replyTo,
        to: { email: address },
        subject,
        html,
        text,
        headers,
        // Only a provider that sends templates asks for it; the others pay nothing.
        get merge() {
          return mergeOf(compiled, letter.inputs, urls);
        },
      });
    },
  };
}
