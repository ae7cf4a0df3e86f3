/** The shop's way into text messages: a sandbox that carries them, and the text it sends when a roast is fresh. */
import type { ConnectionId, TemplateId } from "#domain/ids";
import type { SmsContent } from "#domain/sms/content";
import type { AuditRow } from "../repos/audit.ts";
import type { Calendar } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import { testAddress } from "./visitors.ts";
import type { Member } from "./workspace.ts";

export type Texting = {
  readonly connection: { readonly id: ConnectionId; readonly name: string; readonly connectedAt: Date };
  readonly template: SmsContent & {
    readonly id: TemplateId;
    readonly name: string;
    readonly createdAt: Date;
  };
};

/** In the GSM alphabet: with its way out and a short link it is one part, for whoever has a name in that alphabet. */
const text =
  "Fresh off the drum, {{ first_name }}: Ethiopia Guji, this week only. https://fernweh.example/guji";

export function textingOf(chance: Chance, calendar: Calendar): Texting {
  const connectedAt = calendar.day(30, 10, 20);
  const createdAt = calendar.day(8, 9, 45);
  return {
    connection: { id: chance.id("cxn", connectedAt), name: "Sandbox for texts", connectedAt },
    template: {
      id: chance.id("tpl", createdAt),
      name: "Fresh roast, by text",
      text,
      defaults: { first_name: "coffee friend" },
      createdAt,
    },
  };
}

export function textingAudit(chance: Chance, by: Member, { connection, template }: Texting): AuditRow[] {
  const act = (action: string, subject: string, at: Date, after: AuditRow["after"]): AuditRow => ({
    id: chance.id("aud", at),
    actor: by.id,
    actorName: by.name,
    action,
    subject,
    ip: testAddress(chance),
    before: null,
    after,
    at,
  });
  return [
    act("connection.create", connection.id, connection.connectedAt, {
      kind: "sandbox",
      name: connection.name,
    }),
    act("template.create", template.id, template.createdAt, { name: template.name, version: 1 }),
  ];
}
