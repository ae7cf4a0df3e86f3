/** Signatures of reports in workerd: the same suite and vectors as in Node, made there beforehand. */
import { expect, test } from "vitest";
import { isSendgridReport } from "#queues/providers/sendgrid/signature";
import { type SnsVector, snsReportContract } from "../contracts/sns-report.ts";
import vectors from "../fixtures/sns-vectors.json";

snsReportContract(vectors as SnsVector[]);

test("SendGrid's signature", async () => {
  const key =
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBtPiI0Xch2LTNSsn31AwjfQVnzejvNYZErotBSgNGKAt3aUMrImeOvARc/DZjy0vmRgRUhunholjjMKfZZRBbA==";
  const report = {
    timestamp: "1790000000",
    signature:
      "MEQCID40tKPw4m7hig2ZI58Vb6hLw3xqyKgKltp2Hiri9r6NAiAHjnt/E0SANU6J/Wb8ZLn9zjN1z6bGBMj0qI7YbbA1lg==",
    rawBody:
      '[{"email":"ann@shop.test","event":"delivered","timestamp":1790000000,"sg_event_id":"e1","sg_message_id":"m1.filter","mid":"01J8"}]\r\n',
  };
  expect(await isSendgridReport(key, report, 1_790_000_000_000)).toBe(true);
  expect(await isSendgridReport(key, { ...report, rawBody: `${report.rawBody} ` }, 1_790_000_000_000)).toBe(
    false,
  );
  expect(await isSendgridReport(key, { ...report, signature: "MEQ=" }, 1_790_000_000_000)).toBe(false);
});
