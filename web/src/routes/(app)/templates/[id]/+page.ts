import { templateQuery } from "#lib/template/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, params }) => {
  const { session } = await parent();
  void session.queries.prefetchQuery(templateQuery(session, params.id));
  return { id: params.id };
};
