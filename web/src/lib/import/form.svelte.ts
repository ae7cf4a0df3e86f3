/** The questions an import asks before it starts, as one form. */
import * as z from "zod/mini";
import { ApiProblem } from "#lib/api/problem.ts";
import { createForm } from "#lib/form.svelte.ts";
import { text } from "#lib/rules.ts";
import type { Session } from "#lib/session.svelte.ts";
import { startImport } from "./acts.ts";
import { type Choices, dropChoices, firstChoices } from "./draft.ts";
import type { Import } from "./queries.ts";

const schema = z
  .object({
    mapping: z
      .array(z.string())
      .check(z.refine((to) => to.includes("email"), "Say which column holds the e-mail address")),
    has_header: z.boolean(),
    email_consent: z
      .enum(["", "none", "subscribed"])
      .check(z.refine((answer) => answer !== "", "Answer this before the import starts")),
    consent_wording: text(1_000),
    update: z.enum(["overwrite", "fill", "skip"]),
    tags: z.array(z.string()),
    list_id: z.nullable(z.string()),
  })
  .check(
    z.refine((v) => v.email_consent !== "subscribed" || v.consent_wording.length > 0, {
      path: ["consent_wording"],
      error: "Say what they agreed to; it is kept as the proof",
    }),
  );

export type ImportForm = ReturnType<typeof createImportForm>;

export function createImportForm(session: Session, job: Import) {
  return createForm({
    schema,
    initial: firstChoices(job),
    async send({ email_consent, consent_wording, ...values }) {
      const agreed = email_consent === "subscribed";
      const consent = agreed
        ? { email_consent: "subscribed" as const, consent_wording }
        : { email_consent: "none" as const, consent_wording: "" };
      try {
        await startImport(session, job.id, { ...values, ...consent });
        dropChoices(job.id);
      } catch (error) {
        // Somebody else started or discarded it meanwhile: the page shows what became of it.
        if (error instanceof ApiProblem && error.status === 409) await session.refresh("import");
        throw error;
      }
    },
  });
}

/** One point of what still stands between the file and its import. */
export type Check = {
  readonly label: string;
  readonly detail: string;
  readonly done: boolean;
  readonly href: string;
};

export function checksOf(data: Choices, listName: string | undefined): Check[] {
  const imported = data.mapping.filter((target) => target !== "skip").length;
  const hasEmail = data.mapping.includes("email");
  const isWorded = data.consent_wording.trim() !== "";
  const consent = {
    "": "Say whether these people agreed to hear from you.",
    none: "They are kept; no campaign writes to them.",
    subscribed: isWorded
      ? "They become subscribed, with your words as the proof."
      : "Say what they agreed to.",
  };
  const marks = [listName && `list “${listName}”`, ...data.tags.map((tag) => `tag “${tag}”`)].filter(Boolean);
  return [
    {
      label: "Columns",
      detail: hasEmail
        ? `${imported} of ${data.mapping.length} are imported.`
        : "Say which column holds the e-mail address.",
      done: hasEmail,
      href: "#columns",
    },
    {
      label: "Consent",
      detail: consent[data.email_consent],
      done: data.email_consent === "none" || (data.email_consent === "subscribed" && isWorded),
      href: "#consent",
    },
    {
      label: "List and tags",
      detail: marks.length > 0 ? `Everybody gets: ${marks.join(", ")}.` : "None; you can add them.",
      done: true,
      href: "#marks",
    },
  ];
}
