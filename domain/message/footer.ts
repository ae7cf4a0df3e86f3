/** The footer no marketing mail leaves without: a postal address and a way out (CAN-SPAM; Gmail and Yahoo bulk rules). */
import { escapeHtml } from "./html.ts";

export type FooterParts = {
  /** Empty where the template prints it itself or the tenant has none. */
  readonly postalAddress: string;
  readonly unsubscribeUrl: string;
  readonly preferencesUrl: string;
};

const style =
  "margin:24px auto 0;padding:16px;max-width:600px;text-align:center;font:12px/1.5 Arial,sans-serif;color:#5f6368";

export function footerHtml(parts: FooterParts): string {
  const address = escapeHtml(parts.postalAddress).replace(/\r?\n/g, "<br>");
  const links = parts.unsubscribeUrl
    ? `<a href="${escapeHtml(parts.unsubscribeUrl)}" style="color:#5f6368">Unsubscribe</a> · ` +
      `<a href="${escapeHtml(parts.preferencesUrl)}" style="color:#5f6368">Preferences</a>`
    : "";
  const lines = [address, links].filter((line) => line !== "");
  return lines.length > 0 ? `<div style="${style}">${lines.join("<br>")}</div>` : "";
}

export function footerText(parts: FooterParts): string {
  const links = parts.unsubscribeUrl
    ? `Unsubscribe: ${parts.unsubscribeUrl}\nPreferences: ${parts.preferencesUrl}`
    : "";
  const lines = [parts.postalAddress, links].filter((line) => line !== "");
  // The signature mark of RFC 3676 section 4.3: "-- ", alone on its line.
  return lines.length > 0 ? `\n\n-- \n${lines.join("\n")}\n` : "";
}
