/** The sandbox, as each of the three classes of provider: its far end lives in workerd and dies with it. */
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type FarEnd, type FarMail, type Law, post } from "./far-end.ts";

type Row = { readonly recipient: string; readonly message_id: string; readonly at_ms: number };

/** How old a count may be: whoever waits for a share of the messages asks often. */
const countLifeMs = 200;

export function sandboxEnd(name: string, law: Law, dataDir: string): FarEnd {
  let mailbox: DatabaseSync | undefined;
  let connectionId = "";
  let known = { count: 0, atMs: 0 };
  /** Its own store, read past the product. There is none before the first mail. */
  const open = () => {
    mailbox ??= mailboxOf(dataDir, connectionId);
    return mailbox;
  };
  return {
    name,
    channel: "email",
    law,
    perCall: 100,
    connection: { kind: "sandbox", settings: { idempotency: law.idempotent, evidence: law.evidence } },
    async attach({ id }) {
      connectionId = id;
      return undefined;
    },
    count() {
      if (Date.now() - known.atMs > countLifeMs) {
        const row = open()?.prepare("select count(*) as count from mails").get();
        known = { count: Number(row?.count ?? 0), atMs: Date.now() };
      }
      return known.count;
    },
    async log() {
      const rows = open()?.prepare("select recipient, message_id, at_ms from mails").all() ?? [];
      return (rows as Row[]).map(
        ({ recipient, message_id, at_ms }): FarMail => ({
          to: recipient,
          messageId: message_id,
          atMs: at_ms,
        }),
      );
    },
    told: () => [],
    left: () => 0,
    forge({ to, messageId }, { webhook_url }) {
      const event = { id: "forged", type: "bounced", mail_id: "mai_x", message_id: messageId, recipient: to };
      const body = JSON.stringify({ events: [{ ...event, at: new Date().toISOString() }] });
      const headers = {
        "content-type": "application/json",
        "webhook-id": "wh_forged",
        "webhook-timestamp": String(Math.floor(Date.now() / 1_000)),
        "webhook-signature": `v1,${randomBytes(32).toString("base64")}`,
      };
      return post(webhook_url, headers, body);
    },
    async stop() {
      mailbox?.close();
    },
  };
}

/** Durable Objects lie under hashed names; the identity each has stored says whose mailbox it is. */
function mailboxOf(dataDir: string, connectionId: string): DatabaseSync | undefined {
  const dir = join(dataDir, "worker/do/larkpost-SandboxMailbox");
  for (const file of files(dir)) {
    const store = new DatabaseSync(join(dir, file), { readOnly: true });
    try {
      const mine = "select 1 from _cf_KV where key = 'identity' and instr(value, cast(? as blob)) > 0";
      if (store.prepare(mine).get(connectionId)) return store;
    } catch {
      // Not there yet, or not that kind of file.
    }
    store.close();
  }
  return undefined;
}

function files(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => /^[0-9a-f]+\.sqlite$/.test(name));
  } catch {
    return [];
  }
}
