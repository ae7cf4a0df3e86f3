/** One transactional message as a job of the sending engine: the same claim, the same evidence, content from the request. */

import type { StandingDirectSend } from "#db/repos/direct-sends";
import { neighbourRequests } from "#db/repos/direct-states";
import type { DirectContent } from "#domain/direct/content";
import type { ContactId, TenantId } from "#domain/ids";
import { ok } from "#domain/result";
import type { Attachment, Outgoing } from "#domain/sending/provider";
import { type SendSettings, sendDeadlineMs } from "#domain/sending/settings";
import { sourceOf } from "#domain/sending/source";
import type { Deps } from "../deps.ts";
import type { Connection } from "../providers/index.ts";
import type { ChunkJob } from "../sending/chunk-job.ts";
import type { Letter } from "../sending/inputs.ts";
import { senderFrom, sendersBeside } from "../sending/senders.ts";
import type { Writer } from "../sending/writer.ts";
import { loadAttachments, unpackContent } from "./content.ts";

/** The letter says who; what is said stands in the request. */
export function letterTo(row: Pick<Letter, "contactId" | "messageId" | "address" | "tries">): Letter {
  const { contactId, messageId, address, tries } = row;
  return { contactId, messageId, address, tries, inputs: { values: {}, fields: {} } };
}

export function directJob(
  deps: Deps,
  tenantId: TenantId,
  { send, message }: StandingDirectSend,
  connection: Connection,
  settings: SendSettings,
): ChunkJob {
  const scope = deps.scope(tenantId);
  const sender = senderFrom(deps, connection);
  return {
    ...sender,
    senderOf: sendersBeside(deps, tenantId, sender),
    deps,
    scope,
    settings,
    range: { runId: sourceOf(send.id), after: null, upTo: message.contactId as ContactId },
    deadlineMs: deps.now() + sendDeadlineMs(settings),
    writer: writerOf(deps, send),
    done: { accepted: 0, failed: 0, skipped: 0, unknown: 0 },
    refusal: null,
    refusalsElsewhere: [],
    // Its source holds one message alone: the neighbours are other requests.
    neighbours: (connectionId, from, to) => neighbourRequests(scope, connectionId, from, to),
  };
}

function writerOf(deps: Deps, send: StandingDirectSend["send"]): Writer {
  let loaded: Promise<{ content: DirectContent; files: Attachment[] }> | undefined;
  const load = async () => {
    const content = await unpackContent(send.content);
    return { content, files: send.attachmentsKey ? await loadAttachments(deps, send.attachmentsKey) : [] };
  };
  return {
    prepare: letterTo,
    async write(letter) {
      loaded ??= load();
      const { content, files } = await loaded;
      return ok(outgoing(letter, content, files));
    },
  };
}

function outgoing(letter: Letter, content: DirectContent, files: readonly Attachment[]): Outgoing {
  const { messageId } = letter;
  if (content.channel === "sms") {
    const { channel, from, to, text } = content;
    return { channel, messageId, from, to, text };
  }
  const { from, replyTo, to, subject, html, text, headers } = content;
  const mail = { messageId, from, replyTo, to, subject, html, text, headers };
  return files.length > 0 ? { ...mail, attachments: files } : mail;
}
