/**
 * How the sandbox's recipients behave. The address alone decides, so that the same audience behaves the same way
 * every time and a test can ask for a behaviour by name (docs/providers.md lists the rules).
 */
export const plots = ["reads", "clicks", "ignores", "bounces", "complains", "unsubscribes"] as const;
export type Plot = (typeof plots)[number];

export const happenings = [
  "delivered",
  "bounced",
  "complained",
  "opened",
  "clicked",
  "unsubscribed",
  // The order is that of bits in stored rows: what is new goes last.
  "replied",
] as const;
export type Happening = (typeof happenings)[number];

/** What the mailbox says to the sender's face, before anything is stored. */
export type Reception = "takes" | "refuses" | "defers";

export type Act = {
  readonly happening: Happening;
  /** Counted from the moment the mail was accepted. */
  readonly afterMs: number;
  /** Done by a privacy proxy rather than by the person (Apple's Mail Privacy Protection fetches every image). */
  readonly machine: boolean;
};

/** Shares in thousandths of all addresses that ask for nothing by name. Together 1,000. */
export const shares: readonly (readonly [Plot, number])[] = [
  ["reads", 620],
  ["clicks", 140],
  ["ignores", 210],
  ["bounces", 20],
  ["unsubscribes", 7],
  ["complains", 3],
];

/** The first word found in the part before the @ decides. */
const named: readonly (readonly [string, Plot])[] = [
  ["bounce", "bounces"],
  ["complain", "complains"],
  ["unsubscribe", "unsubscribes"],
  ["noreply", "ignores"],
  ["no-reply", "ignores"],
  ["ignore", "ignores"],
  ["click", "clicks"],
  ["reads", "reads"],
];

const localPart = (address: string) => address.slice(0, address.lastIndexOf("@")).toLowerCase();

/** FNV-1a, 32 bits, finished by murmur3's mixer: spreads addresses that differ in one digit. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number in [0, limit) that belongs to this address and this question. */
export function draw(address: string, question: string, limit: number): number {
  return hash32(`${question}:${address.toLowerCase()}`) % limit;
}

export function receptionOf(address: string): Reception {
  const local = localPart(address);
  if (local.includes("refuse")) return "refuses";
  return local.includes("defer") ? "defers" : "takes";
}

export function plotOf(address: string): Plot {
  const local = localPart(address);
  const wish = named.find(([word]) => local.includes(word));
  if (wish) return wish[1];
  let drawn = draw(address, "plot", 1_000);
  for (const [plot, share] of shares) {
    if (drawn < share) return plot;
    drawn -= share;
  }
  return "ignores";
}

/** Whether the recipient's mail is fetched by a privacy proxy: one in eight of those who get it. */
export function usesPrivacyProxy(address: string): boolean {
  return draw(address, "proxy", 8) === 0;
}

/** Everything that will happen to a mail, in order. Seconds, not hours: somebody is watching. */
export function actsOf(address: string): readonly Act[] {
  const plot = plotOf(address);
  const acts: Act[] = [];
  let atMs = 0;
  const then = (happening: Happening, leastMs: number, spreadMs: number, machine = false) => {
    atMs += leastMs + draw(address, `${happening}${acts.length}`, spreadMs);
    acts.push({ happening, afterMs: atMs, machine });
  };
  if (plot === "bounces") {
    then("bounced", 400, 1_600);
    return acts;
  }
  then("delivered", 200, 1_300);
  if (usesPrivacyProxy(address)) then("opened", 100, 900, true);
  if (plot === "ignores") return acts;
  then("opened", 1_000, 9_000);
  if (plot === "clicks") then("clicked", 800, 4_000);
  if (plot === "complains") then("complained", 1_000, 4_000);
  if (plot === "unsubscribes") then("unsubscribed", 1_000, 4_000);
  return acts;
}

/** A recipient's own address and program, the same at every act. */
export function personOf(address: string): { readonly ip: string; readonly userAgent: string } {
  // 198.18.0.0/15 is set aside for tests (RFC 2544): no living person's address ends in a customer's log.
  const host = draw(address, "ip", 1 << 17);
  const ip = `198.${18 + (host >>> 16)}.${(host >>> 8) & 255}.${host & 255}`;
  return { ip, userAgent: userAgents[draw(address, "agent", userAgents.length)] as string };
}

/** Mail Privacy Protection: Apple's own network and a user agent that says nothing more than this. */
export function proxyOf(address: string): { readonly ip: string; readonly userAgent: string } {
  const host = draw(address, "proxy-ip", 1 << 16);
  return { ip: `17.58.${host >>> 8}.${host & 255}`, userAgent: "Mozilla/5.0" };
}

const userAgents: readonly string[] = [
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
  "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Thunderbird/140.4.0",
];
