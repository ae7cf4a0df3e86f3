/** The screens of the dashboard by their addresses, and a workspace with something to show on each. */
import { openShop } from "#test/sending/shop";
import { makers } from "#test/support/belongings";
import { stack } from "#test/support/stack";

export type Shown = {
  readonly cookies: { name: string; value: string; url: string }[];
  /** What stands for `[id]`. */
  readonly ids: Record<Whose, string>;
};
type Whose = "draft" | "sent" | "contact" | "segment" | "template" | "message" | "hooked" | "imp" | "dlt";

/** The address of a page as its folder has it, and whose id it names. */
export const screens: Record<string, readonly [address: string, whose?: Whose]> = {
  home: ["/"],
  campaigns: ["/campaigns"],
  "new campaign": ["/campaigns/new"],
  "a draft": ["/campaigns/[id]", "draft"],
  "a report": ["/campaigns/[id]", "sent"],
  "a ledger": ["/campaigns/[id]?tab=recipients", "sent"],
  messages: ["/messages"],
  "a message": ["/messages/[id]", "message"],
  contacts: ["/contacts"],
  "a contact": ["/contacts/[id]", "contact"],
  lists: ["/contacts/lists"],
  tags: ["/contacts/tags"],
  suppressions: ["/contacts/suppressions"],
  replies: ["/contacts/replies"],
  imports: ["/contacts/imports"],
  "a new import": ["/contacts/imports/new"],
  "an import": ["/contacts/imports/[id]", "imp"],
  segments: ["/segments"],
  "a new segment": ["/segments/new"],
  "a segment": ["/segments/[id]", "segment"],
  templates: ["/templates"],
  "new template": ["/templates/new"],
  "a template": ["/templates/[id]", "template"],
  inbox: ["/inbox"],
  workspace: ["/settings"],
  connections: ["/settings/connections"],
  reports: ["/settings/connections/[id]/reports", "hooked"],
  "sending rules": ["/settings/sending-rules"],
  "failed jobs": ["/settings/failed-jobs"],
  "a failed job": ["/settings/failed-jobs?job=[id]", "dlt"],
  fields: ["/settings/fields"],
  members: ["/settings/members"],
  "API keys": ["/settings/api-keys"],
  "audit log": ["/settings/audit-log"],
  "another workspace": ["/new-workspace"],
};

export const signedOut = ["/login", "/signup", "/invite?token=of-nobody"];

export async function showOnEach(): Promise<Shown> {
  const shop = await openShop();
  const { client } = shop;
  const [contact = ""] = await shop.addPeople(6);
  const list = await client.call<{ id: string }>("POST", "/v1/lists", { name: "Regulars" });
  await client.call("POST", `/v1/lists/${list.id}/contacts`, { add: [contact] });
  const rule = { kind: "all", of: [{ kind: "text", field: "first_name", op: "is", value: "Pat" }] };
  const segment = await client.call<{ id: string }>("POST", "/v1/segments", { name: "All the Pats", rule });
  const sent = await shop.campaign({ name: "Sent one" });
  await shop.act(sent, "send");
  await shop.reach(sent, "completed");
  const draft = await shop.campaign({ name: "Draft one" });
  const reply = await makers.rpl(client);
  const replies = await client.all<{ id: string; connection_id: string }>("/v1/replies");
  const message = await client.call<{ id: string }>("POST", "/v1/messages", {
    to: "noreply@people.example",
    from: { email: "hello@shop.example" },
    subject: "Your receipt",
    html: "<p>Thank you.</p>",
    metadata: { order: "1042" },
  });
  return {
    cookies: client
      .cookie()
      .split("; ")
      .map((pair) => {
        const at = pair.indexOf("=");
        return { name: pair.slice(0, at), value: pair.slice(at + 1), url: stack().origin };
      }),
    ids: {
      draft,
      sent,
      contact,
      segment: segment.id,
      template: shop.templateId,
      message: message.id,
      hooked: replies.find(({ id }) => id === reply)?.connection_id ?? "",
      imp: await makers.imp(client),
      dlt: await makers.dlt(client),
    },
  };
}
