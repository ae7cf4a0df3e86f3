/** The shop's templates, each in its first version. */
import type { TemplateId } from "#domain/ids";
import type { Calendar } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import { freshRoast } from "./templates/fresh-roast.ts";
import { houseBlend } from "./templates/house-blend.ts";
import { kaffeeAbo } from "./templates/kaffee-abo.ts";
import type { Draft } from "./templates/layout.ts";
import { missYou } from "./templates/miss-you.ts";
import { singleOrigin } from "./templates/single-origin.ts";

const drafts = { singleOrigin, houseBlend, kaffeeAbo, missYou, freshRoast } as const satisfies Record<
  string,
  Draft
>;
/** Days ago on which each was written. */
const written = { singleOrigin: 43, houseBlend: 12, kaffeeAbo: 3, missYou: 2, freshRoast: 1 } as const;

export type TemplateKey = keyof typeof drafts;
export type Template = Draft & { readonly id: TemplateId; readonly createdAt: Date };

export function templatesOf(chance: Chance, calendar: Calendar): Readonly<Record<TemplateKey, Template>> {
  const entries = Object.entries(drafts).map(([key, draft]) => {
    const createdAt = calendar.day(written[key as TemplateKey], 9, 30);
    return [key, { ...draft, id: chance.id("tpl", createdAt), createdAt }];
  });
  return Object.fromEntries(entries) as Record<TemplateKey, Template>;
}
