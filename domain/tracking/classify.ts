/** Person or machine? What one open or click says by itself; its company is judged in judge.ts, the rules are in docs/tracking.md. */
import type { EventKind } from "./event.ts";
import { dataCentres, gateways } from "./networks.ts";
import { decoyPosition, tooSoonMs } from "./rules.ts";

export type Hit = {
  readonly event: EventKind;
  /** Null where a provider reports the hit and does not say. */
  readonly userAgent: string | null;
  readonly method: string;
  readonly atMs: number;
  /** When the provider took the message; null while that is not known. */
  readonly acceptedAtMs: number | null;
  /** The number of the network it came from, where that is known. */
  readonly asn?: number | null;
  readonly linkPosition?: number | null;
};

export const machineReasons = [
  "head_request",
  "no_user_agent",
  "apple_mail_privacy",
  "bare_user_agent",
  "known_scanner",
  "program",
  "too_soon",
  "prefetch",
  "data_centre",
  "gateway_network",
  "decoy",
  "burst_of_links",
  "burst_of_recipients",
] as const;
export type MachineReason = (typeof machineReasons)[number];
export type Judgement = { readonly machine: boolean; readonly reasons: readonly MachineReason[] };

/** Security gateways and link previews that name themselves. */
const scanners =
  /barracuda|proofpoint|mimecast|safelinks|bingpreview|skypeuripreview|symantec|messagelabs|trendmicro|trend micro|sophos|fireeye|forcepoint|ironport|zscaler|paloalto|cloudmark|spamassassin|google-safety|virustotal|urlscan|checkmarknetwork|facebookexternalhit|facebot|whatsapp|slack-imgproxy|discordbot|embedly|(?<!cu)bot\b|crawl|spider|scanner|linkcheck|prefetch|preview/i;
/** Libraries and browsers without a screen. */
const programs =
  /^(python|java|go-http-client|curl|wget|libwww|perl|ruby|php|node|axios|undici|got|apache-httpclient|winhttp|aiohttp|scrapy|postmanruntime)\b|python-requests|python-urllib|headlesschrome|phantomjs|puppeteer|playwright|selenium/i;
/** Apple's Mail Privacy Protection names itself by this and nothing more. */
const bare = "Mozilla/5.0";
/** Gmail's application, fetching images before a mail is shown; the open that follows comes through the proxy (SparkPost, "Gmail is Prefetching Images"). */
const prefetchers = /Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246 Mozilla\/5\.0$/;
/** They fetch, from their own data centres, when somebody looks; from then on the mailbox shows a copy. */
const imageProxies = /GoogleImageProxy|YahooMailProxy|YahooCacheSystem/;

export function classify(hit: Hit): Judgement {
  // Leaving is honoured whoever asks: a mailbox provider's server does so for the person who pressed the button.
  if (hit.event !== "opened" && hit.event !== "clicked") return { machine: false, reasons: [] };
  const reasons: MachineReason[] = [];
  const agent = hit.userAgent?.trim();
  if (hit.method === "HEAD") reasons.push("head_request");
  if (agent === "") reasons.push("no_user_agent");
  else if (agent === bare) reasons.push(hit.event === "opened" ? "apple_mail_privacy" : "bare_user_agent");
  else if (agent !== undefined && prefetchers.test(agent)) reasons.push("prefetch");
  else if (agent !== undefined && programs.test(agent)) reasons.push("program");
  else if (agent !== undefined && scanners.test(agent)) reasons.push("known_scanner");
  if (hit.event === "clicked" && hit.acceptedAtMs !== null && hit.atMs - hit.acceptedAtMs < tooSoonMs) {
    reasons.push("too_soon");
  }
  const isProxied = hit.event === "opened" && agent !== undefined && imageProxies.test(agent);
  if (hit.asn && gateways.has(hit.asn)) reasons.push("gateway_network");
  else if (hit.asn && dataCentres.has(hit.asn) && !isProxied) reasons.push("data_centre");
  if (hit.linkPosition === decoyPosition) reasons.push("decoy");
  return { machine: reasons.length > 0, reasons };
}
