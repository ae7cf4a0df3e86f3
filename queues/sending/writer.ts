/** Writes the letters of a run: renders for each person, with their own links, from what was frozen. */
import type { ClaimedRow } from "#db/repos/ledger";
import type { TenantId } from "#domain/ids";
import { renderMessage } from "#domain/message/render";
import { inputsOf } from "#domain/message/variables";
import { fail, ok, type Result } from "#domain/result";
import type { OutgoingEmail } from "#domain/sending/provider";
import { messageTokens } from "#domain/tracking/token";
import { recipientUrls } from "#domain/tracking/urls";
import type { Deps } from "../deps.ts";
import type { FrozenRun } from "./frozen-run.ts";
import type { Letter } from "./inputs.ts";

export type Writer = {
  /** A letter for a claimed row; fails where the content cannot be rendered for this person. */
  prepare(row: ClaimedRow, contact: NonNullable<ClaimedRow["contact"]>): Promise<Result<Letter>>;
  /** The mail itself. The same letter gives the same bytes, now and after a crash. */
  write(letter: Letter): Promise<OutgoingEmail>;
};

export async function writerFor(deps: Deps, tenantId: TenantId, frozen: FrozenRun): Promise<Writer> {
  const { run, compiled, tenantName } = frozen;
  const { sign } = await deps.deploymentKey();
  const around = { tenantName, nowMs: run.startedAt.getTime() };
  const from = { email: run.fromEmail, name: run.fromName || undefined };
  const replyTo = run.replyTo ? { email: run.replyTo } : undefined;
  const written = new WeakMap<Letter, OutgoingEmail>();

  async function render(letter: Letter): Promise<Result<OutgoingEmail>> {
    const tokens = await messageTokens(sign, tenantId, letter.messageId);
    const urls = recipientUrls(deps.publicOrigin, tenantId, tokens);
    const rendered = renderMessage(compiled, letter.inputs, urls);
    if (!rendered.ok)
      return fail({
        kind: "invalid",
        errors: [{ pointer: rendered.error.part, detail: rendered.error.message }],
      });
    const { subject, html, text, headers } = rendered.value;
    return ok({
      messageId: letter.messageId,
      from,
      replyTo,
      to: { email: letter.address },
      subject,
      html,
      text,
      headers,
    });
  }

  return {
    async prepare(row, contact) {
      const letter: Letter = {
        contactId: row.contactId,
        messageId: row.messageId,
        address: row.address,
        tries: row.tries,
        inputs: inputsOf(compiled, contact, around),
      };
      const mail = await render(letter);
      if (!mail.ok) return mail;
      written.set(letter, mail.value);
      return ok(letter);
    },
    async write(letter) {
      const known = written.get(letter);
      if (known) return known;
      const mail = await render(letter);
      // It rendered before the claim was stored, and rendering depends on nothing else.
      if (!mail.ok) throw new Error(`message ${letter.messageId} does not render any more`);
      return mail.value;
    },
  };
}
