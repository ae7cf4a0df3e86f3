import { templatesQuery } from "#lib/template/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, url }) => {
  const { session } = await parent();
  const cursor = url.searchParams.get("cursor") ?? undefined;
  void session.queries.prefetchQuery(templatesQuery(session, cursor));
  return { cursor };
};
