import { segmentsQuery } from "#lib/contact/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, url }) => {
  const { session } = await parent();
  void session.queries.prefetchQuery(segmentsQuery(session));
  return { search: url.searchParams.get("search") ?? "" };
};
