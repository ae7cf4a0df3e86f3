import { segmentQuery } from "#lib/segment/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, params }) => {
  const { session } = await parent();
  void session.queries.prefetchQuery(segmentQuery(session, params.id));
  return { id: params.id };
};
