/** A run as it happens: frames pushed over a socket, asked for one by one while there is no socket. */
import { got } from "#lib/api/client.ts";
import { ApiProblem } from "#lib/api/problem.ts";
import type { Session } from "#lib/session.svelte.ts";
import { isLive, type LiveFrame } from "../queries.ts";

const firstRetryMs = 500;
const longestRetryMs = 15_000;
const pollEveryMs = 2_000;

export class LiveRun {
  readonly #session: Session;
  readonly #id: string;
  readonly #onstate: (frame: LiveFrame) => void;
  frame = $state.raw<LiveFrame | null>(null);
  /** Frames are pushed; otherwise they are asked for and come later. */
  pushed = $state(false);
  #socket: WebSocket | undefined;
  #retryMs = firstRetryMs;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #stopped = true;

  /** `onstate` is called when the run moves to another state. */
  constructor(session: Session, id: string, onstate: (frame: LiveFrame) => void) {
    this.#session = session;
    this.#id = id;
    this.#onstate = onstate;
  }

  start(): () => void {
    this.#stopped = false;
    this.#connect();
    this.#after(pollEveryMs, () => void this.#poll());
    return () => {
      this.#stopped = true;
      for (const timer of this.#timers) clearTimeout(timer);
      this.#timers.clear();
      this.#socket?.close();
      this.pushed = false;
    };
  }

  #after(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#stopped) then();
    }, ms);
    this.#timers.add(timer);
  }
  #connect(): void {
    // A browser sets no headers on a socket, so the workspace stands in the address.
    const url = new URL(`/v1/campaigns/${this.#id}/live`, location.origin.replace(/^http/, "ws"));
    url.searchParams.set("tenant_id", this.#session.tenant.id);
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      this.pushed = true;
      this.#retryMs = firstRetryMs;
      this.#take(JSON.parse(String(data)) as LiveFrame);
    };
    socket.onclose = () => {
      this.pushed = false;
      if (this.#stopped) return;
      // Spread out, so that a thousand dashboards do not return at one moment.
      this.#after(this.#retryMs * (0.75 + Math.random() / 2), () => this.#connect());
      this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
    };
  }
  async #poll(): Promise<void> {
    if (!this.pushed) {
      const params = { path: { id: this.#id } };
      try {
        this.#take(await got(this.#session.api.GET("/v1/campaigns/{id}/live", { params })));
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        // The banner of the shell tells of an outage; the next question is two seconds off.
        if (error.status === 0) this.#session.down = true;
      }
    }
    this.#after(pollEveryMs, () => void this.#poll());
  }
  #take(frame: LiveFrame): void {
    if (this.#stopped) return;
    const before = this.frame;
    if (before && Date.parse(frame.at) < Date.parse(before.at)) return;
    this.frame = frame;
    if (before?.state !== frame.state || !isLive(frame.state)) this.#onstate(frame);
  }
}
