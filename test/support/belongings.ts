/** One thing of every kind that a path can name, made in a workspace through the API. */
import { openDb } from "#db/client";
import { buryDeadLetter } from "#db/repos/dead-letters";
import { TenantDb } from "#db/scope";
import { idText } from "#domain/id-schema";
import { type ApiClient, until } from "./client.ts";
import { newId } from "./scope.ts";
import { stack } from "./stack.ts";

type WithId = { readonly id: string };
const name = "Somebody's own";

/** How to make each: the prefix of its id, or the name of the path parameter. */
export const makers = {
  usr: async (client) => (await client.call<{ user: WithId }>("GET", "/v1/me")).user.id,
  inv: (client) =>
    made(client, "/v1/members/invitations", {
      email: `i-${crypto.randomUUID()}@shop.example`,
      role: "viewer",
    }),
  key: (client) => made(client, "/v1/api-keys", { name }),
  cxn: (client) => made(client, "/v1/connections", { kind: "sandbox", name }),
  ctc: (client) => made(client, "/v1/contacts", { email: `c-${crypto.randomUUID()}@shop.example` }),
  tag: (client) => made(client, "/v1/tags", { name }),
  lst: (client) => made(client, "/v1/lists", { name }),
  seg: (client) =>
    made(client, "/v1/segments", {
      name,
      rule: { kind: "all", of: [{ kind: "text", field: "country", op: "is", value: "IE" }] },
    }),
  imp: async (client) => {
    const file = "email\nann@shop.example\n";
    const response = await client.send("POST", "/v1/imports", file, { "content-type": "text/csv" });
    if (!response.ok) throw new Error(`POST /v1/imports: ${response.status} ${await response.text()}`);
    return ((await response.json()) as WithId).id;
  },
  tpl: (client) => made(client, "/v1/templates", { name, subject: "Hi", html: "<p>Hello</p>" }),
  cmp: (client) => made(client, "/v1/campaigns", { name }),
  dlt: async (client) => {
    // Nothing that is asked for through the API fails at every attempt, so this one is laid down where it would end.
    const scope = new TenantDb(
      openDb(stack().databaseUrl).orm,
      idText("ten").parse(client.headers.get("x-tenant-id")),
    );
    const id = newId("dlt");
    const letter = {
      id,
      queue: "larkpost-import",
      messageKey: id,
      body: { kind: "import.step" },
      error: "Error: gone",
    };
    await buryDeadLetter(scope, { ...letter, state: "waiting", settledAt: null, at: new Date() });
    return id;
  },
  dir: (client) =>
    made(client, "/v1/messages", {
      to: `m-${crypto.randomUUID()}@shop.example`,
      from: { email: "hello@shop.example" },
      subject: "Hi",
      text: "Hello",
    }),
  mai: async (client) => {
    await client.call("PATCH", "/v1/tenant", {
      from_email: "news@shop.example",
      postal_address: "1 Main Street",
    });
    const template = await makers.tpl(client);
    await client.call("POST", `/v1/templates/${template}/test-send`, { to: "me@shop.example" });
    return until("the test mail in the sandbox", async () => {
      const { data } = await client.call<{ data: WithId[] }>("GET", "/v1/sandbox/mails");
      return data[0]?.id;
    });
  },
  rpl: async (client) => {
    const { id, url } = await smsHook(client);
    const told = new URLSearchParams({
      mobilenumber: "353871234567",
      command: "please stop",
      sentto: "50015",
    });
    const response = await fetch(`${url}&${told}`);
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return until("the reply", async () => {
      const { data } = await client.call<{ data: (WithId & { connection_id: string })[] }>(
        "GET",
        "/v1/replies",
      );
      return data.find((reply) => reply.connection_id === id)?.id;
    });
  },
  key_of_field: async (client) => {
    const field = { key: `f_${crypto.randomUUID().slice(0, 8)}`, label: name, type: "text" };
    await client.call("POST", "/v1/fields", field);
    return field.key;
  },
  address: async (client) => {
    const address = `s-${crypto.randomUUID()}@shop.example`;
    await client.call("POST", "/v1/suppressions", { address });
    return address;
  },
} satisfies Record<string, (client: ApiClient) => Promise<string>>;
export type Named = keyof typeof makers;

/** The same as an id that was never given to anything. */
export function neverGiven(named: Named): string {
  if (named === "key_of_field") return "never_declared";
  if (named === "address") return "never-suppressed@shop.example";
  return `${named}_00000000000000000000000000`;
}

/** A connection that takes text messages, and the address its provider would call. */
export async function smsHook(client: ApiClient): Promise<{ readonly id: string; readonly url: string }> {
  const id = await made(client, "/v1/connections", {
    kind: "sendmode",
    name,
    settings: { sender_id: "Acme" },
    api_key: "none",
    webhook_secret: "s3cret",
  });
  return { id, url: `${stack().origin}/hooks/sendmode/${id}?token=s3cret` };
}

async function made(client: ApiClient, path: string, body: object): Promise<string> {
  return (await client.call<WithId>("POST", path, body)).id;
}
