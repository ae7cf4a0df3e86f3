/** People who got a campaign's mail in the sandbox, and play nothing by themselves: the tests are the recipients. */
import { usesPrivacyProxy } from "#domain/sending/sandbox-plot";
import { stack } from "#test/support/stack";
import { openShop } from "../../sending/shop.ts";

export type Mail = {
  readonly id: string;
  readonly to: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
};
type Made = { readonly id: string };
type Entry = { readonly kind: string; readonly machine: boolean };

const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

/** A recipient has no session: a plain request, redirects not followed. */
export function visit(url: string, init: RequestInit = {}): Promise<Response> {
  const { pathname, search } = new URL(url);
  const headers = { "user-agent": browser, ...(init.headers as Record<string, string>) };
  return fetch(new URL(pathname + search, stack().origin), { ...init, headers, redirect: "manual" });
}
export const post = (url: string, body?: string, type?: string): Promise<Response> =>
  visit(url, {
    method: "POST",
    ...(body === undefined ? {} : { body }),
    ...(type ? { headers: { "content-type": type } } : {}),
  });

export const html = `<html><body><p>Hi {{ first_name }}</p><a href="https://shop.example/a?x=1&amp;y=2">A</a>
<a href="https://shop.example/b">B</a><script>document.title="no"</script>
<a href="{{ view_url }}">View</a> <a href="{{ preferences_url }}">Preferences</a></body></html>`;

export const oneClickOf = (mail: Mail) => /<([^>]+)>/.exec(mail.headers["List-Unsubscribe"] ?? "")?.[1] ?? "";

/** Whose mail no privacy proxy opens either. */
function quietAddress(): string {
  for (;;) {
    const email = `ignore-${crypto.randomUUID()}@people.example`;
    if (!usesPrivacyProxy(email)) return email;
  }
}

export type Recipients = Awaited<ReturnType<typeof mailedPeople>>;

export async function mailedPeople(count: number) {
  const shop = await openShop();
  const { client } = shop;
  await client.call("PATCH", "/v1/tenant", { from_email: "news@shop.example" });
  const emails = Array.from({ length: count }, quietAddress);
  const contacts = await Promise.all(
    emails.map((email) =>
      client.call<Made>("POST", "/v1/contacts", { email, first_name: "Ann", email_consent: "subscribed" }),
    ),
  );
  const template = await client.call<Made>("POST", "/v1/templates", {
    name: "T",
    subject: "Hi {{ first_name }}",
    html,
  });
  const campaign = await shop.campaign({ template_id: template.id });
  await shop.act(campaign, "send");
  await shop.reach(campaign, "completed");
  const listed = (await shop.mails()) as readonly (Made & { to: string })[];
  const people = await Promise.all(
    emails.map(async (email, i) => {
      const found = listed.find((m) => m.to === email);
      const mail = await client.call<Mail>("GET", `/v1/sandbox/mails/${found?.id}`);
      return { id: contacts[i]?.id ?? "", email, mail };
    }),
  );
  const timeline = async (id: string) =>
    (await client.call<{ data: Entry[] }>("GET", `/v1/contacts/${id}/timeline`)).data;
  return {
    shop,
    client,
    templateId: template.id,
    timeline,
    consentOf: async (id: string) =>
      (await client.call<{ email_consent: string }>("GET", `/v1/contacts/${id}`)).email_consent,
    report: () =>
      client.call<{
        machine_opened: number;
        unsubscribed: number;
        links: { position: number; people: number }[];
      }>("GET", `/v1/campaigns/${campaign}/report`),
    person(n: number) {
      const found = people[n];
      if (!found) throw new Error("no such person");
      const { mail } = found;
      const link = (text: string) => {
        const url = new RegExp(`href="([^"]+)"[^>]*>${text}</a>`).exec(mail.html)?.[1];
        if (!url) throw new Error(`no link ${text}`);
        return url.replaceAll("&amp;", "&");
      };
      const pixel = /<img src="([^"]+\/t\/o\/[^"]+)"/.exec(mail.html)?.[1] ?? "";
      return { ...found, link, pixel, oneClick: oneClickOf(mail) };
    },
  };
}
