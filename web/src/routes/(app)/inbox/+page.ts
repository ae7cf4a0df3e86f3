import { mailsQuery } from "#lib/inbox/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, url }) => {
  const { session } = await parent();
  const of = (name: string) => url.searchParams.get(name) ?? undefined;
  const asked = { search: of("search"), cursor: of("cursor") };
  void session.queries.prefetchQuery(mailsQuery(session, asked.search, asked.cursor));
  return { ...asked, mail: of("mail") };
};
