/** What is done to many contacts at once. */
import { got } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

/** The most the API takes in one call. */
const perCall = 1_000;
const atOnce = 6;

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

type Change = { readonly add?: readonly string[]; readonly remove?: readonly string[] };

export async function changeTag(
  session: Session,
  tagId: string,
  { add = [], remove = [] }: Change,
): Promise<void> {
  const path = { id: tagId };
  for (const ids of slices(add, perCall))
    await got(session.api.POST("/v1/tags/{id}/contacts", { params: { path }, body: { add: ids } }));
  for (const ids of slices(remove, perCall))
    await got(session.api.POST("/v1/tags/{id}/contacts", { params: { path }, body: { remove: ids } }));
  await session.refresh("contacts", "contact", "tags");
}

export async function changeList(
  session: Session,
  listId: string,
  { add = [], remove = [] }: Change,
): Promise<void> {
  const path = { id: listId };
  for (const ids of slices(add, perCall))
    await got(session.api.POST("/v1/lists/{id}/contacts", { params: { path }, body: { add: ids } }));
  for (const ids of slices(remove, perCall))
    await got(session.api.POST("/v1/lists/{id}/contacts", { params: { path }, body: { remove: ids } }));
  await session.refresh("contacts", "contact", "lists");
}

/** A refusal stops it; what was deleted until then stays deleted, and the lists show it. */
export async function deleteContacts(
  session: Session,
  ids: readonly string[],
  ondone: (n: number) => void,
): Promise<void> {
  let done = 0;
  try {
    for (const some of slices(ids, atOnce)) {
      await Promise.all(
        some.map((id) => got(session.api.DELETE("/v1/contacts/{id}", { params: { path: { id } } }))),
      );
      done += some.length;
      ondone(done);
    }
  } finally {
    await session.refresh("contacts", "tags", "lists", "segments", "onboarding");
  }
}
