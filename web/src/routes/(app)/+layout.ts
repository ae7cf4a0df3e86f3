import { error, redirect } from "@sveltejs/kit";
import { ApiProblem } from "#lib/api/problem.ts";
import { route } from "#lib/route.ts";
import type { LayoutLoad } from "./$types";

export const load: LayoutLoad = async ({ parent, url }) => {
  const { session } = await parent();
  if (!(await isSignedIn(session.load()))) redirect(307, route.login(url.pathname + url.search));
  if (session.tenants.length === 0) redirect(307, route.newWorkspace());
};

async function isSignedIn(answer: Promise<boolean>): Promise<boolean> {
  try {
    return await answer;
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) throw problem;
    error(problem.status || 503, problem.message, { code: problem.code, requestId: problem.requestId });
  }
}
