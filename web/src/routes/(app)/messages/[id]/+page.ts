import { directMessageQuery } from "#lib/direct/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, params }) => {
  const { session } = await parent();
  void session.queries.prefetchQuery(directMessageQuery(session, params.id));
  return { id: params.id };
};
