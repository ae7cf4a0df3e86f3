/** What was chosen for a file and not started yet, so that loading the page anew loses nothing. */
import type { Import } from "./queries.ts";

export type Choices = {
  mapping: string[];
  has_header: boolean;
  /** Empty until somebody answers: consent is never assumed. */
  email_consent: "" | "none" | "subscribed";
  consent_wording: string;
  update: "overwrite" | "fill" | "skip";
  tags: string[];
  list_id: string | null;
};

const nameOf = (id: string) => `larkpost-${id}`;

export function firstChoices({ id, preview }: Import): Choices {
  const fresh: Choices = {
    mapping: preview.mapping,
    has_header: preview.has_header,
    email_consent: "",
    consent_wording: "",
    update: "overwrite",
    tags: [],
    list_id: null,
  };
  try {
    const kept = JSON.parse(sessionStorage.getItem(nameOf(id)) ?? "") as Choices;
    return kept.mapping.length === preview.columns.length ? { ...fresh, ...kept } : fresh;
  } catch {
    return fresh;
  }
}
export function keepChoices(id: string, choices: Choices): void {
  sessionStorage.setItem(nameOf(id), JSON.stringify(choices));
}
export function dropChoices(id: string): void {
  sessionStorage.removeItem(nameOf(id));
}
