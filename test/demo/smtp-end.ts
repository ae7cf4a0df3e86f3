/** A real SMTP server on this machine. It reports nothing, so nothing is known of delivery; pixels and links still tell. */
import { startSmtp } from "#test/fakes/smtp";
import type { ApiClient } from "#test/support/client";
import type { FarEnd } from "./far-end.ts";
import { type Arrived, actAll, type Deeds } from "./recipients.ts";

const user = { name: "demo", password: "demo" };

export async function smtpEnd(client: ApiClient): Promise<FarEnd> {
  const server = await startSmtp({ user });
  const made = await client.call<{ id: string }>("POST", "/v1/connections", {
    kind: "smtp",
    name: "SMTP server of the demo",
    rate_per_second: 2_000,
    settings: { host: server.host, port: server.port, security: "none", username: user.name },
    password: user.password,
  });
  let deeds: Deeds = { opened: 0, clicked: 0, unsubscribed: 0 };
  return {
    senderDomain: "shop.example",
    connectionId: made.id,
    async play() {
      deeds = await actAll(client.origin, server.taken.map(arrived));
    },
    async count() {
      const recipients = new Set(server.taken.flatMap((mail) => mail.to));
      const mails = server.taken.length;
      return { mails, duplicates: mails - recipients.size, delivered: null, bounced: null, ...deeds };
    },
    stop: () => server.stop(),
  };
}

function arrived({ raw, to }: { raw: string; to: readonly string[] }): Arrived {
  const [head = ""] = raw.split("\r\n\r\n", 1);
  const headers: Record<string, string> = {};
  for (const line of head.replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const at = line.indexOf(":");
    headers[line.slice(0, at)] = line.slice(at + 1).trim();
  }
  // Addresses are ASCII, so undoing quoted-printable byte by byte is enough to find them (RFC 2045 §6.7).
  const html = raw
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { recipient: to[0] ?? "", html, headers };
}
