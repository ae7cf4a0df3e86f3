/** What is done to imports, and what is made on the way to one. */
import type { FieldType } from "#domain/contact/fields";
import { got, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";
import { freeKey } from "./fields.ts";
import type { Import } from "./queries.ts";

export type StartOptions = NonNullable<Import["options"]>;

/** The import as it now stands, for the page that shows it and the list that names it. */
export async function told(session: Session, job: Import): Promise<Import> {
  session.queries.setQueryData(session.key("import", job.id), job);
  await session.refresh("imports");
  return job;
}

export async function startImport(session: Session, id: string, body: StartOptions): Promise<Import> {
  const params = { path: { id } };
  return told(session, await got(session.api.POST("/v1/imports/{id}/start", { params, body })));
}
export async function cancelImport(session: Session, id: string): Promise<Import> {
  const params = { path: { id } };
  return told(session, await got(session.api.POST("/v1/imports/{id}/cancel", { params })));
}
/** Whatever an import may have touched is asked for again. */
export function importEnded(session: Session): Promise<void> {
  return session.refresh(...["imports", "contacts", "contact", "tags", "lists", "segments", "onboarding"]);
}

export async function createField(
  session: Session,
  label: string,
  type: FieldType,
  known: readonly Schema<"Field">[],
): Promise<Schema<"Field">> {
  const body = { key: freeKey(label, known), label, type };
  const field = await got(session.api.POST("/v1/fields", { body }));
  await session.refresh("fields");
  return field;
}
export async function createList(session: Session, name: string): Promise<Schema<"List">> {
  const list = await got(session.api.POST("/v1/lists", { body: { name } }));
  await session.refresh("lists");
  return list;
}

/** Fetched rather than linked: a link cannot name the workspace. */
export async function downloadRefusedRows(session: Session, job: Import): Promise<void> {
  const call = session.api.GET("/v1/imports/{id}/errors.csv", {
    params: { path: { id: job.id } },
    parseAs: "blob",
  });
  const url = URL.createObjectURL(await got(call));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${job.file_name.replace(/\.[a-z]{1,4}$/i, "")} - refused rows.csv`;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
