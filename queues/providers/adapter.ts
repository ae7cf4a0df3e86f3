/** What an adapter is to the registry: one object per kind of provider, outward and back. */
import type {
  Provider,
  ProviderEvent,
  ProviderKind,
  ProviderTraits,
  WebhookRequest,
} from "#domain/sending/provider";
import type { Deps } from "../deps.ts";
import type { Connection, Settings } from "./connection.ts";

export type ProviderDeps = Pick<Deps, "env" | "now">;
export type ReportDeps = { readonly now: () => number; readonly fetch: typeof fetch };

/** What is said back to whoever posted a report that was taken; some providers want words of their own. */
export type ReportAnswer = {
  readonly status: 200 | 202 | 204;
  readonly body: string;
  readonly contentType: string;
};

export type Adapter = {
  readonly kind: ProviderKind;
  /** What a connection can do before it is opened. */
  traits(settings: Settings): ProviderTraits;
  /** Its `traits` equal what was announced. */
  open(deps: ProviderDeps, connection: Connection): Provider;
  /** Whether `send` holds one of the invocation's six connections; `several`: it takes a turn for each (turns.ts). */
  readonly usesConnections: boolean | "several";
  /** False for a forged, stale or unsigned report; compares in constant time. Never throws. */
  verifyReport(request: WebhookRequest, connection: Connection, deps: ReportDeps): Promise<boolean>;
  /** A verified report in our words; what does not concern us is left out. Never throws. */
  parseReport(request: WebhookRequest): readonly ProviderEvent[];
  /**
   * After verification, before the queue: what must be answered at the door, such as the confirmation of a
   * subscription. True where nothing is left to be queued.
   */
  handshake?(request: WebhookRequest, connection: Connection, deps: ReportDeps): Promise<boolean>;
  /** 202 without a body where absent. */
  readonly reportAnswer?: ReportAnswer;
  /** The address to give to the provider; where absent, `url` itself. `url`: `{origin}/hooks/{kind}/{connection}`. */
  webhookUrl?(url: string, connection: Connection): string;
};
