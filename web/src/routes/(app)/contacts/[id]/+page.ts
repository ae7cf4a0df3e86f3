import { contactQuery, fieldsQuery, timelineQuery } from "#lib/contact/queries.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, params }) => {
  const { session } = await parent();
  void session.queries.prefetchQuery(contactQuery(session, params.id));
  void session.queries.prefetchQuery(fieldsQuery(session));
  void session.queries.prefetchQuery(timelineQuery(session, params.id));
  return { id: params.id };
};
