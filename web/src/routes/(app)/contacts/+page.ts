import { consentStatuses } from "#domain/contact/consent";
import { contactsQuery } from "#lib/contact/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, url }) => {
  const { session } = await parent();
  const of = (name: string) => url.searchParams.get(name) ?? undefined;
  const consent = consentStatuses.find((status) => status === of("consent"));
  const filter = { search: of("search"), tag: of("tag"), list: of("list"), segment: of("segment"), consent };
  const cursor = of("cursor");
  // Asked for while the page's code is still on its way.
  void session.queries.prefetchQuery(contactsQuery(session, filter, cursor));
  return { filter, cursor };
};
