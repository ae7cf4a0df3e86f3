import { importQuery } from "#lib/import/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, params, url }) => {
  const { session } = await parent();
  void session.queries.prefetchQuery(importQuery(session, params.id));
  return { id: params.id, cursor: url.searchParams.get("cursor") ?? undefined };
};
