import { mailsQuery, paceMs, summaryQuery } from "#lib/sandbox/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, url }) => {
  const { session } = await parent();
  const search = url.searchParams.get("search") ?? undefined;
  const mail = url.searchParams.get("mail") ?? undefined;
  // Asked for while the page's code is still on its way.
  void session.queries.prefetchQuery({ ...summaryQuery(session), staleTime: Infinity });
  void session.queries.prefetchInfiniteQuery({
    ...mailsQuery(session, search, paceMs(undefined)),
    staleTime: Infinity,
  });
  return { search, mail };
};
