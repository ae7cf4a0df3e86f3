/**
 * Networks that house servers, by their number (ASN). Cloudflare names the network of each request (`request.cf.asn`).
 * Sources: the registries' entries (ARIN, RIPE, APNIC) as shown by bgp.he.net and ipinfo.io.
 *
 * Left out on purpose, because people come from there: relays and private browsing (Cloudflare 13335, Akamai 36183 and
 * 20940, Fastly 54113: iCloud Private Relay, WARP), networks that consumer VPNs rent (M247 9009, Datacamp 60068 and
 * 212238, Leaseweb, Quadranet 8100), companies' web gateways (Zscaler 22616, Netskope 55256, Umbrella 36692).
 */
export const dataCentres: ReadonlyMap<number, string> = new Map([
  [16509, "Amazon"],
  [14618, "Amazon"],
  [8987, "Amazon"],
  [15169, "Google"],
  [396982, "Google Cloud"],
  [8075, "Microsoft"],
  [31898, "Oracle Cloud"],
  [36351, "IBM Cloud"],
  [45102, "Alibaba Cloud"],
  [37963, "Alibaba Cloud"],
  [132203, "Tencent Cloud"],
  [45090, "Tencent Cloud"],
  [136907, "Huawei Cloud"],
  [14061, "DigitalOcean"],
  [16276, "OVH"],
  [24940, "Hetzner"],
  [213230, "Hetzner Cloud"],
  [63949, "Linode"],
  [20473, "Vultr"],
  [12876, "Scaleway"],
  [51167, "Contabo"],
  [141995, "Contabo"],
]);

/** Mail gateways in networks of their own: what comes from here looked at the mail for somebody. */
export const gateways: ReadonlyMap<number, string> = new Map([
  [26211, "Proofpoint"],
  [22843, "Proofpoint"],
  [52129, "Proofpoint"],
  [13916, "Proofpoint"],
  [30031, "Mimecast"],
  [39588, "Mimecast"],
  [397726, "Mimecast"],
  [136792, "Mimecast"],
  [15324, "Barracuda"],
]);
