/** What is open around the page: palette, sheet, drawer, dialogs that any page may ask for. */
import { createContext } from "svelte";
import { route } from "#lib/route.ts";
import type { Session } from "#lib/session.svelte.ts";
import { goto } from "$app/navigation";

export class Shell {
  palette = $state(false);
  sheet = $state(false);
  drawer = $state(false);
  creatingWorkspace = $state(false);
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }
  async openWorkspace(tenantId: string): Promise<void> {
    this.drawer = false;
    if (tenantId === this.#session.tenant.id) return;
    // Home first: what the address names exists only in the workspace that is left.
    await goto(route.home());
    this.#session.switchTo(tenantId);
  }
}

export const [useShell, provideShell] = createContext<Shell>();
