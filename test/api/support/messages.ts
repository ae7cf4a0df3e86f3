/** A workspace that sends transactional messages, and looks at what became of them. */
import { until } from "#test/support/client";
import { newTenant } from "#test/support/stack";

export type Accepted = { id: string; message_id: string; state: string; reason: string };
export type View = Accepted & {
  to: string;
  contact_id: string | null;
  subject: string;
  from: string;
  reply_to: string | null;
  html: string;
  text: string;
  segments: number;
  provider: string;
  accepted_at: string | null;
  metadata: Record<string, string>;
  tags: string[];
  attachments: { filename: string; size_bytes: number }[];
  events: { kind: string }[];
};
export type Mail = {
  id: string;
  to: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
};
export type Made = { id: string };

export const someone = (word = "noreply") => `${word}-${crypto.randomUUID()}@people.example`;
export const letter = (more: Record<string, unknown> = {}) => ({
  to: someone(),
  subject: "Your code",
  html: '<p>314159 <a href="https://shop.example/in">Sign in</a></p>',
  ...more,
});
export const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

export async function messenger() {
  const tenant = await newTenant();
  const { client } = tenant;
  await client.call("PATCH", "/v1/tenant", { from_email: "hello@shop.example", from_name: "The Shop" });
  const view = (id: string) => client.call<View>("GET", `/v1/messages/${id}`);
  return {
    tenant,
    client,
    view,
    send: (body: unknown) => client.call<Accepted>("POST", "/v1/messages", body),
    reach: (id: string, ...states: string[]) =>
      until(`the message to be ${states.join(" or ")}`, async () => {
        const now = await view(id);
        return states.includes(now.state) && now;
      }),
    async mailsTo(address: string): Promise<Mail[]> {
      const path = `/v1/sandbox/mails?search=${encodeURIComponent(address)}`;
      const { data } = await client.call<{ data: Made[] }>("GET", path);
      return Promise.all(data.map(({ id }) => client.call<Mail>("GET", `/v1/sandbox/mails/${id}`)));
    },
  };
}
