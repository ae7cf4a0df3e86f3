import { route } from "#lib/route.ts";
import { Session } from "#lib/session.svelte.ts";

// The browser renders; the edge only moves data.
export const ssr = false;
export const prerender = false;

export function load() {
  const session = new Session({
    // A page load, not a navigation: nothing of the ended session may stay in memory.
    onEnded: () => location.assign(route.login(location.pathname + location.search)),
  });
  return { session };
}
