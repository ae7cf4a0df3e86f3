/** A workspace with people, a template and a campaign, made through the API. */
import { type ApiClient, until } from "#test/support/client";
import { newTenant } from "#test/support/stack";

type Made = { readonly id: string };
export type Books = {
  readonly audience: number;
  readonly frozen: boolean;
  readonly balances: boolean;
  readonly states: Record<string, number>;
  readonly skipped: Record<string, number>;
  readonly waiting: { why: string; reason: string; people: number; first_at: string; last_at: string }[];
};
export type CampaignView = {
  readonly id: string;
  readonly state: string;
  readonly pause_reason: string | null;
  readonly pause_detail: string;
};

export type Shop = {
  readonly client: ApiClient;
  readonly tenantId: string;
  readonly connectionId: string;
  readonly templateId: string;
  addPeople(count: number, more?: Record<string, unknown>): Promise<string[]>;
  campaign(more?: Record<string, unknown>): Promise<string>;
  act(campaign: string, act: string, body?: unknown): Promise<CampaignView>;
  view(campaign: string): Promise<CampaignView>;
  books(campaign: string): Promise<Books>;
  reach(campaign: string, state: string): Promise<CampaignView>;
  mails(): Promise<{ id: string; to: string }[]>;
};

let made = 0;

export async function openShop(
  options: { rate?: number; settings?: Record<string, boolean> } = {},
): Promise<Shop> {
  const { client, tenantId } = await newTenant();
  const connection = await client.call<Made>("POST", "/v1/connections", {
    kind: "sandbox",
    name: "Far end",
    rate_per_second: options.rate ?? 10_000,
    settings: options.settings ?? {},
  });
  const template = await client.call<Made>("POST", "/v1/templates", {
    name: "Letter",
    subject: "Hello {{ first_name }}",
    html: '<p>Dear {{ first_name }}</p><p><a href="https://shop.example/new">New</a> <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>',
  });
  const view = (id: string) => client.call<CampaignView>("GET", `/v1/campaigns/${id}`);
  return {
    client,
    tenantId,
    connectionId: connection.id,
    templateId: template.id,
    async addPeople(count, more = {}) {
      const ids: string[] = [];
      for (let i = 0; i < count; i++) {
        const body = {
          email: `person-${made++}.ignores@people.example`,
          first_name: "Pat",
          email_consent: "subscribed",
          consent_wording: "Yes, send me news.",
          ...more,
        };
        ids.push((await client.call<Made>("POST", "/v1/contacts", body)).id);
      }
      return ids;
    },
    async campaign(more = {}) {
      const body = {
        name: "News",
        template_id: template.id,
        connection_id: connection.id,
        from_email: "news@shop.example",
        audience: { everyone: true },
        ...more,
      };
      return (await client.call<Made>("POST", "/v1/campaigns", body)).id;
    },
    act: (id, act, body) => client.call<CampaignView>("POST", `/v1/campaigns/${id}/${act}`, body),
    view,
    books: (id) => client.call<Books>("GET", `/v1/campaigns/${id}/reconciliation`),
    reach: (id, state) =>
      until(`the campaign to be ${state}`, async () => {
        const now = await view(id);
        return now.state === state && now;
      }),
    mails: () => client.all<{ id: string; to: string }>("/v1/sandbox/mails"),
  };
}

export const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
