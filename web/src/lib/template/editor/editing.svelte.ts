/** A template under the pen: what is written, what is stored, and whether somebody else wrote meanwhile. */
import { createContext } from "svelte";
import { ApiProblem } from "#lib/api/problem.ts";
import type { FieldState } from "#lib/form.svelte.ts";
import type { Session } from "#lib/session.svelte.ts";
import { changeTemplate, type TemplateChange } from "../acts.ts";
import { type Content, type ContentProblem, contentOf, type Template, templateQuery } from "../queries.ts";

export type Part = ContentProblem["part"];
/** A part that can be written in: brings the cursor somewhere, writes where it stands. */
export type Place = {
  jump(line: number | null, column: number | null): void;
  insert(text: string): void;
};
type Written = Content & { name: string };
const names = ["name", "subject", "preheader", "html", "text", "defaults"] as const;

function written(template: Template): Written {
  return { name: template.name, ...structuredClone(contentOf(template)) };
}
/** The API keeps lines of text without spaces around them. */
function kept(value: unknown, name: string): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return name === "html" || name === "text" ? text : text.trim();
}

export class Editing {
  readonly #session: Session;
  #stored = $state.raw() as Template;
  data = $state() as Written;
  busy = $state(false);
  savedAt = $state<number | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  /** Somebody else's version, when both wrote. */
  theirs = $state.raw<Template | null>(null);
  /** What the left half shows. */
  room = $state<"html" | "text" | "variables">("html");
  /** Where the cursor was last: variables are written there. */
  lastPart: Part = "html";
  readonly #places = new Map<Part, Place>();

  constructor(session: Session, template: Template) {
    this.#session = session;
    this.#stored = template;
    this.data = written(template);
  }
  get template(): Template {
    return this.#stored;
  }
  readonly changes: TemplateChange = $derived(
    Object.fromEntries(
      names
        .filter((name) => kept(this.data[name], name) !== kept(this.#stored[name], name))
        .map((name) => [name, $state.snapshot(this.data[name])]),
    ),
  );
  get dirty(): boolean {
    return Object.keys(this.changes).length > 0;
  }
  get content(): Content {
    return contentOf({ ...$state.snapshot(this.data), channel: this.#stored.channel });
  }

  field(name: string): FieldState {
    const id = `template-${name}`;
    const error = name === "name" && !this.data.name.trim() ? "Give it a name" : this.problem?.fields[name];
    const attributes = {
      id,
      name,
      "aria-invalid": error ? (true as const) : undefined,
      "aria-describedby": undefined,
      onblur: () => {},
    };
    return { id, error, attributes };
  }
  /** While this part can be written in; answers how to take it back. */
  place(part: Part, place: Place): () => void {
    this.#places.set(part, place);
    return () => this.#places.delete(part);
  }
  jump(part: Part, line: number | null, column: number | null): void {
    this.#at(part, (place) => place.jump(line, column));
  }
  insert(text: string): void {
    this.#at(this.#places.has(this.lastPart) ? this.lastPart : "html", (place) => place.insert(text));
  }
  #at(part: Part, then: (place: Place) => void): void {
    if (part === "html" || part === "text") this.room = part;
    // After the other room has come into sight.
    setTimeout(() => {
      const place = this.#places.get(part);
      if (place) then(place);
    });
  }

  /** Answers whether everything is stored. */
  async save(): Promise<boolean> {
    if (this.busy || !this.data.name.trim()) return false;
    if (!this.dirty) return true;
    this.busy = true;
    this.problem = null;
    try {
      this.#stored = await changeTemplate(this.#session, this.#stored.id, this.changes, this.#stored.etag);
      this.savedAt = Date.now();
      return !this.dirty;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 412) this.theirs = await this.#read();
      else this.problem = error;
      return false;
    } finally {
      this.busy = false;
    }
  }
  /** What the API told on its own: taken over when nothing is written here. */
  receive(template: Template): void {
    if (template.etag === this.#stored.etag || this.busy || this.dirty) return;
    this.#adopt(template);
  }
  takeTheirs(): void {
    if (this.theirs) this.#adopt(this.theirs);
    this.theirs = null;
  }
  /** Mine becomes the newest version; theirs stays among the older ones. */
  async keepMine(): Promise<void> {
    if (!this.theirs) return;
    const mine = this.changes;
    this.#stored = this.theirs;
    this.data = { ...written(this.theirs), ...mine };
    this.theirs = null;
    await this.save();
  }
  /** An older version becomes the newest; nothing is lost by it. */
  async restore(old: Content): Promise<boolean> {
    Object.assign(this.data, structuredClone(contentOf(old)));
    return this.save();
  }
  #adopt(template: Template): void {
    this.#stored = template;
    this.data = written(template);
  }
  #read(): Promise<Template> {
    return this.#session.queries.fetchQuery({
      ...templateQuery(this.#session, this.#stored.id),
      staleTime: 0,
    });
  }
}

export const [useEditing, provideEditing] = createContext<Editing>();
