import { redirect } from "@sveltejs/kit";
import { route } from "#lib/route.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ parent }) => {
  const { session } = await parent();
  if (!(await session.load().catch(() => false))) redirect(307, route.login());
};
