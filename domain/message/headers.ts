/** Header fields of bulk mail: a way out that needs no thought, and what the mail belongs to. */
import type { RecipientUrls } from "../tracking/urls.ts";

/**
 * RFC 2369 and RFC 8058: the one-click address, by HTTPS only, as no mailbox of ours reads `mailto:`.
 * RFC 2919: one list per tenant. `Precedence: bulk` keeps holiday replies away from responders that know no List-Id.
 */
export function bulkHeaders(urls: RecipientUrls, feedbackId: string): Record<string, string> {
  return {
    "List-Unsubscribe": `<${urls.unsubscribe}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": `<${urls.listId}>`,
    Precedence: "bulk",
    ...(feedbackId ? { "Feedback-ID": feedbackId } : {}),
  };
}

/** A header field is one line: whatever a name contains, it cannot begin another field (RFC 5322 section 2.2). */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim()
    .slice(0, longestSubject);
}
const longestSubject = 998;
