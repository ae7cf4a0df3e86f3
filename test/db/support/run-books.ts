/** The laws that the rows of a run keep with its events, with consent and with suppressions; what breaks one is told in words. */
import { eq } from "drizzle-orm";
import {
  consents,
  contacts,
  links,
  messageEvents,
  messages,
  type runs,
  suppressions,
} from "#db/schema/index";
import type { TenantDb } from "#db/scope";

type Row<T extends { $inferSelect: object }> = T["$inferSelect"];
export type Books = {
  readonly run: Row<typeof runs>;
  readonly ledger: readonly Row<typeof messages>[];
  readonly events: readonly Row<typeof messageEvents>[];
  readonly links: number;
  readonly contacts: ReadonlyMap<string, Row<typeof contacts>>;
  readonly proofs: ReadonlyMap<string, readonly Row<typeof consents>[]>;
  readonly suppressed: ReadonlyMap<string, Row<typeof suppressions>>;
};

export async function booksOf(scope: TenantDb, run: Row<typeof runs>): Promise<Books> {
  const [ledger, events, table, people, proofs, suppressed] = await Promise.all([
    scope.select(messages, eq(messages.sourceId, run.id)),
    scope.select(messageEvents, eq(messageEvents.sourceId, run.id)).orderBy(messageEvents.at),
    scope.select(links, eq(links.runId, run.id)),
    scope.select(contacts),
    scope.select(consents, eq(consents.channel, "email")).orderBy(consents.at, consents.id),
    scope.select(suppressions),
  ]);
  return {
    run,
    ledger,
    events,
    links: table.length,
    contacts: new Map(people.map((person) => [person.id, person])),
    proofs: Map.groupBy(proofs, (proof) => proof.contactId),
    suppressed: new Map(suppressed.map((row) => [row.address, row])),
  };
}

const sent = new Set(["accepted", "delivered", "bounced", "complained"]);
const reported = ["complained", "bounced", "delivered"] as const;

export function faultsOf(books: Books): string[] {
  const faults: string[] = [];
  const { run, ledger, events } = books;
  if (ledger.length !== run.audienceSize)
    faults.push(`the audience has ${run.audienceSize} people, the ledger ${ledger.length} rows`);
  const byMessage = Map.groupBy(events, (event) => event.messageId);
  for (const row of ledger) {
    const told = byMessage.get(row.id) ?? [];
    byMessage.delete(row.id);
    for (const fault of [...faultsOfRow(books, row, told), ...faultsOfPerson(books, row, told)])
      faults.push(`${row.address}, ${row.state}: ${fault}`);
  }
  for (const id of byMessage.keys()) faults.push(`events of ${id}, which has no row`);
  return faults;
}

type Message = Row<typeof messages>;
type Event = Row<typeof messageEvents>;

function faultsOfRow({ run, links: tracked }: Books, row: Message, told: readonly Event[]): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, what: string) => void (holds || faults.push(what));
  const first = (kind: string, machine: number) =>
    told.find((event) => event.kind === kind && event.machine === machine)?.at.getTime();
  must(sent.has(row.state) === (row.acceptedAt !== null), "accepted_at");
  must(sent.has(row.state) === (row.providerMessageId !== null), "provider id");
  must((row.state === "skipped" || row.state === "failed") === (row.reason !== ""), "reason");
  must(row.tries > 0 === (row.attemptId !== null && row.claimedAt !== null), "attempt");
  must(row.tries > 0 === (sent.has(row.state) || row.state === "failed"), "tries");
  if (sent.has(row.state)) {
    const decisive = reported.find((kind) => told.some((event) => event.kind === kind)) ?? "accepted";
    must(decisive === row.state, `its events say ${decisive}`);
  } else must(told.length === 0, "has events");
  must(row.openedAt?.getTime() === first("opened", 0), "opened_at");
  must(row.clickedAt?.getTime() === first("clicked", 0), "clicked_at");
  must(row.machineOpenedAt?.getTime() === first("opened", 1), "machine_opened_at");
  must(row.unsubscribedAt?.getTime() === first("unsubscribed", 0), "unsubscribed_at");
  for (const event of told) {
    must(row.acceptedAt !== null && event.at >= row.acceptedAt, `${event.kind} before it was accepted`);
    must(event.contactId === row.contactId, "another person's event");
    if (event.kind === "clicked")
      must(event.linkPosition !== null && event.linkPosition < tracked, "a link that is not there");
  }
  must(
    run.finishedAt === null || !["queued", "sending", "unknown"].includes(row.state),
    "left in a finished run",
  );
  return faults;
}

/** Who was written to was willing then; who left, complained or has no mailbox is not willing now. */
function faultsOfPerson(books: Books, row: Message, told: readonly Event[]): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, what: string) => void (holds || faults.push(what));
  const person = books.contacts.get(row.contactId);
  if (!person) return ["nobody we know"];
  const proofs = books.proofs.get(row.contactId) ?? [];
  must((proofs.at(-1)?.status ?? "none") === person.emailConsent, "consent is not what its last proof says");
  must(person.createdAt <= books.run.startedAt, "came after the launch");
  const suppressed = books.suppressed.get(row.address);
  const then = proofs.filter((proof) => proof.at <= books.run.startedAt).at(-1)?.status ?? "none";
  const wasSuppressed = suppressed !== undefined && suppressed.createdAt <= books.run.startedAt;
  if (row.tries > 0) must(then === "subscribed" && !wasSuppressed, `written to while ${then}`);
  if (row.reason === "unsubscribed") must(then === "unsubscribed", `left out as unsubscribed while ${then}`);
  if (row.reason === "no_consent") must(then === "none" || then === "pending", `no consent, yet ${then}`);
  if (row.reason === "suppressed") must(wasSuppressed, "left out as suppressed, and was not");
  const gone = told.some((event) => event.kind === "bounced" && event.data.bounce === "hard");
  const angry = told.some((event) => event.kind === "complained");
  if (gone || angry) must(suppressed !== undefined, "bounced hard or complained, and is not suppressed");
  if (angry || told.some((event) => event.kind === "unsubscribed"))
    must(person.emailConsent === "unsubscribed", "said goodbye and is still subscribed");
  return faults;
}
