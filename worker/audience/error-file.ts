/** The rows an import refused as a CSV file: line, reason, and the row as it was, page by page out of the database. */
import { type Import, listImportErrors } from "#db/repos/imports";
import type { TenantDb } from "#db/scope";
import { csvText } from "#domain/contact/csv-write";

const pageRows = 1_000;

export function errorFile(scope: TenantDb, job: Import): Response {
  const encoder = new TextEncoder();
  let after: number | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // Excel takes a file without this mark for one in the code page of the machine.
      controller.enqueue(
        encoder.encode(`\ufeff${csvText([["line", "reason", "detail", ...job.preview.columns]])}`),
      );
    },
    async pull(controller) {
      const page = await listImportErrors(scope, job.id, { after, limit: pageRows });
      if (page.length > 0)
        controller.enqueue(
          encoder.encode(csvText(page.map((e) => [String(e.line), e.reason, e.detail, ...e.row]))),
        );
      after = page.at(-1)?.line;
      if (page.length < pageRows) controller.close();
    },
  });
  const name = encodeURIComponent(`${job.fileName.replace(/\.[a-z]{1,4}$/i, "")} - refused rows.csv`);
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="refused-rows.csv"; filename*=UTF-8''${name}`,
      "cache-control": "no-store",
    },
  });
}
