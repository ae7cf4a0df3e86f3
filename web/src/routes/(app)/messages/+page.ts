import { type DirectState, directMessagesQuery } from "#lib/direct/queries.ts";
import { directWords } from "#lib/direct/words.ts";
import type { PageLoad } from "./$types";

const states = Object.keys(directWords) as DirectState[];

export const load: PageLoad = async ({ parent, url }) => {
  const { session } = await parent();
  const of = (name: string) => url.searchParams.get(name) ?? undefined;
  const filter = { state: states.find((state) => state === of("state")), address: of("address") };
  const cursor = of("cursor");
  void session.queries.prefetchQuery(directMessagesQuery(session, filter, cursor));
  return { filter, cursor };
};
