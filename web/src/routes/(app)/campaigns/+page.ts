import { campaignStates } from "#domain/campaign/state";
import { channels } from "#domain/contact/consent";
import { campaignsQuery } from "#lib/campaign/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, url }) => {
  const { session } = await parent();
  const of = (name: string) => url.searchParams.get(name) ?? undefined;
  const filter = {
    state: campaignStates.find((state) => state === of("state")),
    channel: channels.find((channel) => channel === of("channel")),
    search: of("search"),
  };
  const cursor = of("cursor");
  // Asked for while the page's code is still on its way.
  void session.queries.prefetchQuery(campaignsQuery(session, filter, cursor));
  return { filter, cursor };
};
