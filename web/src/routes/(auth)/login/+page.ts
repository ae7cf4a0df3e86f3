import { redirect } from "@sveltejs/kit";
import { safeNext } from "#lib/route.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent, url }) => {
  const { session } = await parent();
  const next = safeNext(url.searchParams.get("next"));
  // An API that cannot be reached is told by the form, once it is sent.
  if (await session.load().catch(() => false)) redirect(307, next);
  return { next };
};
