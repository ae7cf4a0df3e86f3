/** The ledger of a run as a CSV file, page by page out of the database. */
import { type LedgerFilter, type LedgerRow, ledgerRows } from "#db/repos/reports";
import type { TenantDb } from "#db/scope";
import { csvText } from "#domain/contact/csv-write";
import type { ContactId, RunId } from "#domain/ids";

const pageRows = 2_000;
const head = [
  "address",
  "contact_id",
  "message_id",
  "state",
  "reason",
  "tries",
  "not_before",
  "accepted_at",
  "provider_message_id",
  "segments",
  "opened_at",
  "clicked_at",
];

function line(row: LedgerRow): string[] {
  const iso = (at: Date | null) => at?.toISOString() ?? "";
  return [
    row.address,
    row.contactId,
    row.id,
    row.state,
    row.reason,
    String(row.tries),
    row.state === "queued" ? iso(row.notBefore) : "",
    iso(row.acceptedAt),
    row.providerMessageId ?? "",
    String(row.segments),
    iso(row.openedAt),
    iso(row.clickedAt),
  ];
}

export function ledgerFile(
  scope: TenantDb,
  runId: RunId,
  campaignName: string,
  filter: Pick<LedgerFilter, "state" | "reason" | "waitingAt">,
): Response {
  const encoder = new TextEncoder();
  let after: ContactId | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // Excel takes a file without this mark for one in the code page of the machine.
      controller.enqueue(encoder.encode(`\ufeff${csvText([head])}`));
    },
    async pull(controller) {
      const page = await ledgerRows(scope, runId, { ...filter, after, limit: pageRows });
      if (page.length > 0) controller.enqueue(encoder.encode(csvText(page.map(line))));
      after = page.at(-1)?.contactId;
      if (page.length < pageRows) controller.close();
    },
  });
  const name = encodeURIComponent(`${campaignName} - recipients.csv`);
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="recipients.csv"; filename*=UTF-8''${name}`,
      "cache-control": "no-store",
    },
  });
}
