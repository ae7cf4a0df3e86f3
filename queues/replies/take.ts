/** A reply by text message: obeyed where it is a keyword, kept in any case, answered once at most. */
import { phoneOwners } from "#db/repos/phone-owners";
import { isKnownReply, keepReply, type NewReply } from "#db/repos/replies";
import type { TenantDb } from "#db/scope";
import { normalizePhone } from "#domain/contact/address";
import type { ProviderEvent, Reply } from "#domain/sending/provider";
import { isPlainYes, type Keyword, readReply } from "#domain/sms/keywords";
import type { Deps } from "../deps.ts";
import { dedupeKey } from "../ingest/dedupe.ts";
import type { Connection } from "../providers/index.ts";
import { answerReply } from "./answer.ts";
import { comeBackByText, hasLeft, leaveByText, suppressNumbers } from "./consent.ts";

const longestText = 2_000;
/** Where a reply has no number of its own, the same words in one such stretch or the next are the same reply told again. */
const stretchMs = 5 * 60_000;

/** What of a provider's report are replies. Safe to repeat; throws where it should be. */
export async function takeReplies(
  deps: Deps,
  connection: Connection,
  events: readonly ProviderEvent[],
  receivedAtMs: number,
): Promise<void> {
  for (const event of events)
    if (event.kind === "replied" && event.reply)
      await takeReply(deps, connection, { ...event, reply: event.reply }, receivedAtMs);
}

async function takeReply(
  deps: Deps,
  connection: Connection,
  event: ProviderEvent & { readonly reply: Reply },
  receivedAtMs: number,
): Promise<void> {
  const scope = deps.scope(connection.tenantId);
  const { reply } = event;
  const from = normalizePhone(reply.from) ?? reply.from.slice(0, 254);
  const key = await replyKey(scope, connection, event, from, receivedAtMs);
  const read = readReply(reply.text);
  const asked = reply.optOut ?? read.keyword;
  // "Is Tuesday all right?" Yes: that is no consent to marketing from somebody who never gave or took it back.
  const isAnswer = asked === "start" && isPlainYes(reply.text) && !(await hasLeft(scope, from));
  const keyword = isAnswer ? undefined : asked;
  // Without a number of its own, a second STOP after a START looks like the first told again: it is obeyed in any case.
  const isDoubtfulStop = keyword === "stop" && event.providerEventId === "";
  if (!isDoubtfulStop && (await isKnownReply(scope, key))) return;
  const owners = await phoneOwners(scope, from);
  const isHeld = keyword !== undefined && !(await obey(deps, scope, keyword, from, reply.text));
  const row: NewReply = {
    id: deps.newId("rpl"),
    connectionId: connection.id,
    contactId: owners[0]?.id ?? null,
    fromAddress: from,
    toAddress: reply.to.slice(0, 254),
    text: [...reply.text].slice(0, longestText).join(""),
    keyword: keyword ?? "",
    needsReview: isHeld || (keyword === undefined && read.needsReview),
    dedupeKey: key,
    at: new Date(Math.min(event.atMs, receivedAtMs)),
  };
  // After what it asked for is done, so that a crash in between repeats harmless work; before the answer, which
  // must not be said twice and may be left unsaid.
  if (!(await keepReply(scope, row))) return;
  if (keyword === undefined || isHeld || reply.optOut) return;
  const who = { language: read.language, locale: owners[0]?.locale ?? "" };
  await answerReply(deps, scope, connection, { ...row, keyword }, who);
}

async function replyKey(
  scope: TenantDb,
  connection: Connection,
  { providerEventId, reply }: ProviderEvent & { readonly reply: Reply },
  from: string,
  receivedAtMs: number,
): Promise<Uint8Array> {
  if (providerEventId !== "") return dedupeKey(connection.id, `reply\0${providerEventId}`);
  const keyIn = (stretch: number) =>
    dedupeKey(connection.id, ["reply", from, reply.to, reply.text, stretch].join("\0"));
  const stretch = Math.floor(receivedAtMs / stretchMs);
  // Told at the end of one and again at the beginning of the next: still one reply.
  const before = await keyIn(stretch - 1);
  return (await isKnownReply(scope, before)) ? before : keyIn(stretch);
}

/** False where a person must decide. */
async function obey(
  deps: Deps,
  scope: TenantDb,
  keyword: Keyword,
  from: string,
  text: string,
): Promise<boolean> {
  if (keyword === "help") return true;
  if (keyword === "start") return comeBackByText(deps, scope, from, text);
  const owners = await phoneOwners(scope, from);
  // Nobody we know, and yet not to be written to: a list imported tomorrow may hold this number.
  await suppressNumbers(scope, [{ address: from, reason: text }], new Date(deps.now()));
  const people = owners.map(({ id }) => ({ contactId: id, address: from, reason: text }));
  await leaveByText(deps, scope, people, "reply");
  return true;
}
