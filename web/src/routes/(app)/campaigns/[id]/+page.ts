import { messageStates } from "#domain/sending/ledger";
import { campaignQuery } from "#lib/campaign/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, params, url }) => {
  const { session } = await parent();
  const of = (name: string) => url.searchParams.get(name) ?? undefined;
  void session.queries.prefetchQuery(campaignQuery(session, params.id));
  return {
    id: params.id,
    tab: of("tab") === "recipients" ? ("recipients" as const) : ("report" as const),
    ledger: {
      state: messageStates.find((state) => state === of("state")),
      reason: of("reason"),
      waiting: of("waiting") === "true" ? ("true" as const) : undefined,
    },
    cursor: of("cursor"),
  };
};
