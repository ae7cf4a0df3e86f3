/** What the conditions of one page may speak of: subjects, tags and lists, shared by all of its rows. */
import { createContext } from "svelte";
import type { Schema } from "#lib/api/client.ts";
import { shortCount } from "#lib/format.ts";
import type { Option } from "#lib/ui/option.ts";
import { lostSubject, type Subject, subjectsOf } from "./subjects.ts";
import type { ConditionNode } from "./tree.ts";

type Sources = {
  fields(): readonly Schema<"Field">[] | undefined;
  tags(): readonly Schema<"Tag">[] | undefined;
  lists(): readonly Schema<"List">[] | undefined;
};

export class Catalogue {
  readonly #sources: Sources;
  /** Rows may be changed by this person. */
  readonly writes: boolean;

  constructor(sources: Sources, writes: boolean) {
    this.#sources = sources;
    this.writes = writes;
  }
  readonly subjects = $derived.by((): Subject[] => subjectsOf(this.#sources.fields() ?? []));
  readonly subjectOptions = $derived.by((): Option[] =>
    this.subjects.map(({ key, label, group }) => ({ value: key, label, hint: group })),
  );
  readonly tags = $derived.by((): Option[] => counted(this.#sources.tags()));
  readonly lists = $derived.by((): Option[] => counted(this.#sources.lists()));

  subjectOf({ subject, kind }: ConditionNode): Subject | undefined {
    if (!subject) return undefined;
    const known = this.subjects.find(({ key }) => key === subject);
    if (known) return known;
    return lostSubject(subject, kind || "text");
  }
}

function counted(rows: readonly { id: string; name: string; contacts: number }[] | undefined): Option[] {
  return (rows ?? []).map(({ id, name, contacts }) => ({
    value: id,
    label: name,
    hint: shortCount(contacts),
  }));
}

export const [useCatalogue, provideCatalogue] = createContext<Catalogue>();
