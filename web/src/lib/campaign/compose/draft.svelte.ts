/** A draft that saves itself: what is written, what the API has, and whether somebody else wrote meanwhile. */
import { createContext } from "svelte";
import type { Audience } from "#domain/campaign/audience";
import { got } from "#lib/api/client.ts";
import { ApiProblem, isOutage } from "#lib/api/problem.ts";
import type { FieldState } from "#lib/form.svelte.ts";
import { emailPattern } from "#lib/rules.ts";
import type { Session } from "#lib/session.svelte.ts";
import { type Campaign, isDraft } from "../queries.ts";

export type DraftFields = {
  name: string;
  template_id: string | null;
  subject: string;
  from_name: string;
  from_email: string;
  reply_to: string;
  /** Of text messages. */
  sender: string;
  connection_id: string | null;
  audience: Audience;
  track_opens: boolean;
  track_clicks: boolean;
  ignores_policy: boolean;
};
type FieldName = keyof DraftFields;
const names: readonly FieldName[] = [
  ...(["name", "template_id", "subject", "from_name", "from_email", "reply_to", "sender"] as const),
  ...(["connection_id", "audience", "track_opens", "track_clicks", "ignores_policy"] as const),
];

const waitMs = 700;
const longestRetryMs = 20_000;

function fieldsOf(campaign: Campaign): DraftFields {
  return Object.fromEntries(
    names.map((name) => [name, structuredClone(campaign[name])]),
  ) as unknown as DraftFields;
}
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
/** As the API keeps it: texts without spaces around them. */
function kept(value: unknown): unknown {
  return typeof value === "string" ? value.trim() : value;
}
const looksLikeEmail = (text: string) => text.trim() === "" || emailPattern.test(text.trim());

export class Draft {
  readonly #session: Session;
  #saved = $state.raw() as Campaign;
  data = $state() as DraftFields;
  #status = $state<"idle" | "saving" | "failed">("idle");
  savedAt = $state<number | null>(null);
  /** What the API refused, by field, and the values it refused. */
  #refused = $state.raw<{ fields: Readonly<Record<string, string>>; values: Partial<DraftFields> }>({
    fields: {},
    values: {},
  });
  /** Somebody else's version, when both wrote. */
  theirs = $state.raw<Campaign | null>(null);
  /** Launched or deleted meanwhile: there is nothing left to write. */
  #ended = $state(false);
  #retryMs = 1_000;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<boolean> | undefined;

  constructor(session: Session, campaign: Campaign) {
    this.#session = session;
    this.#saved = campaign;
    this.data = fieldsOf(campaign);
  }

  get campaign(): Campaign {
    return this.#saved;
  }
  get errors(): Readonly<Record<string, string>> {
    const { name, from_email, reply_to } = this.data;
    const found: Record<string, string> = {};
    if (!name.trim()) found.name = "Give it a name";
    if (!looksLikeEmail(from_email)) found.from_email = "An e-mail address looks like hello@shop.example";
    if (!looksLikeEmail(reply_to)) found.reply_to = "An e-mail address looks like hello@shop.example";
    const { fields, values } = this.#refused;
    for (const [key, text] of Object.entries(fields)) {
      const field = key.split(".")[0] as FieldName;
      if (field in values && same(values[field], kept(this.data[field]))) found[field] ??= text;
    }
    return found;
  }
  /** What is written and not yet stored. */
  readonly changes: Partial<DraftFields> = $derived(
    Object.fromEntries(
      names
        .filter((name) => !same(kept(this.data[name]), this.#saved[name]))
        .map((name) => [name, kept($state.snapshot(this.data[name]))]),
    ),
  );
  get dirty(): boolean {
    return !this.#ended && Object.keys(this.changes).length > 0;
  }
  get status(): "saved" | "waiting" | "saving" | "failed" | "invalid" | "conflict" {
    if (this.theirs) return "conflict";
    if (this.#status !== "idle") return this.#status;
    if (!this.dirty) return "saved";
    return Object.keys(this.#sendable()).length > 0 ? "waiting" : "invalid";
  }

  field(name: string): FieldState {
    const id = `draft-${name}`;
    const error = this.errors[name];
    const attributes = {
      id,
      name,
      "aria-invalid": error ? (true as const) : undefined,
      "aria-describedby": undefined,
      onblur: () => void this.save(),
    };
    return { id, error, attributes };
  }

  /** To be called whenever `changes` moved: stores them once typing rests. */
  later(): void {
    // Otherwise a save is under way, or its repetition is: that one takes along what is written meanwhile.
    if (this.status !== "waiting") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), waitMs);
  }
  /** Stores what is written; answers when nothing more is to be stored. */
  async save(): Promise<boolean> {
    clearTimeout(this.#timer);
    while (this.#running) await this.#running;
    for (let goesOn = true; goesOn && Object.keys(this.#sendable()).length > 0; ) {
      this.#running = this.#store().finally(() => {
        this.#running = undefined;
      });
      goesOn = await this.#running;
    }
    return !this.dirty;
  }
  /** Answers whether to go on with what was written meanwhile. */
  async #store(): Promise<boolean> {
    const body = this.#sendable();
    this.#status = "saving";
    try {
      const call = this.#session.api.PATCH("/v1/campaigns/{id}", {
        params: { path: { id: this.#saved.id }, header: { "if-match": `"${this.#saved.revision}"` } },
        body,
      });
      this.#accept(await got(call));
      this.#status = "idle";
      this.#retryMs = 1_000;
      return true;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 422 || error.status === 403) {
        const { fields, values } = this.#refused;
        this.#refused = {
          fields: { ...fields, ...fieldsOfRefusal(error, body) },
          values: { ...values, ...body },
        };
        this.#status = "idle";
        return true;
      }
      if (isOutage(error) || error.status === 429) this.#again();
      else await this.#meet();
      return false;
    }
  }
  #again(): void {
    this.#status = "failed";
    this.#timer = setTimeout(() => {
      this.#status = "idle";
      void this.save();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
  }
  /** Somebody else was here: they wrote, launched or deleted it. */
  async #meet(): Promise<void> {
    const params = { path: { id: this.#saved.id } };
    try {
      const theirs = await got(this.#session.api.GET("/v1/campaigns/{id}", { params }));
      if (isDraft(theirs.state)) this.theirs = theirs;
      else this.#ended = true;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (isOutage(error)) return this.#again();
      this.#ended = true;
    }
    this.#status = "idle";
    // The page shows what it has become.
    if (this.#ended) await this.#session.refresh("campaign");
  }

  /** What the API told on its own, outside a save. */
  receive(campaign: Campaign): void {
    if (campaign.revision <= this.#saved.revision && campaign.state === this.#saved.state) return;
    if (this.#running || this.theirs) return;
    if (this.dirty && campaign.revision > this.#saved.revision) this.theirs = campaign;
    else this.#adopt(campaign);
  }
  takeTheirs(): void {
    if (!this.theirs) return;
    this.#adopt(this.theirs);
    this.theirs = null;
  }
  /** Their other fields stay; where both wrote, mine is kept. */
  async keepMine(): Promise<void> {
    if (!this.theirs) return;
    const mine = this.changes;
    this.#saved = this.theirs;
    this.data = { ...fieldsOf(this.theirs), ...mine };
    this.theirs = null;
    await this.save();
  }
  stop(): void {
    clearTimeout(this.#timer);
  }

  #sendable(): Partial<DraftFields> {
    if (this.theirs || this.#ended) return {};
    const { errors } = this;
    return Object.fromEntries(Object.entries(this.changes).filter(([name]) => !errors[name]));
  }
  #accept(campaign: Campaign): void {
    this.#saved = campaign;
    this.savedAt = Date.now();
    this.#session.queries.setQueryData(this.#session.key("campaign", campaign.id), campaign);
    void this.#session.refresh("campaigns");
  }
  #adopt(campaign: Campaign): void {
    this.#saved = campaign;
    this.data = fieldsOf(campaign);
  }
}

/** A refusal that names no field of ours stands at all that was sent, so that it is not sent again unchanged. */
function fieldsOfRefusal(error: ApiProblem, body: Partial<DraftFields>): Record<string, string> {
  const known = Object.entries(error.fields).filter(([key]) => (key.split(".")[0] ?? "") in body);
  if (known.length > 0) return Object.fromEntries(known);
  return Object.fromEntries(Object.keys(body).map((name) => [name, error.message]));
}

export const [useDraft, provideDraft] = createContext<Draft>();
