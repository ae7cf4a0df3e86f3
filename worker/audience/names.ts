/** Things that are known by a name of their own: fields, tags, lists. */
import { isDuplicate } from "#db/errors";
import { deleteField as dropField, type Field, findField, insertField } from "#db/repos/fields";
import {
  deleteList as dropList,
  getList,
  insertList,
  type List,
  renameList as setListName,
} from "#db/repos/lists";
import { waitingCampaignWith } from "#db/repos/segments";
import { deleteTag as dropTag, findTag, insertTag, type Tag } from "#db/repos/tags";
import type { FieldType } from "#domain/contact/fields";
import { cleanText } from "#domain/contact/text";
import type { FieldError } from "#domain/failure";
import type { ListId, TagId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";

export type NewField = { readonly key: string; readonly label: string; readonly type: FieldType };

export async function addField({ scope, deps, actor }: Act, input: NewField): Promise<Result<Field>> {
  const field = { ...input, label: cleanText(input.label, 80), createdAt: new Date(deps.now()) };
  return scope.transaction(async (tx) => {
    if (!(await insertField(tx, field)))
      return fail({ kind: "taken", what: `The field ${input.key}`, pointer: "/key" });
    await audit(tx, deps, actor, { action: "field.create", subject: field.key, after: { ...input } });
    return ok(field);
  });
}

export async function removeField({ scope, deps, actor }: Act, key: string): Promise<Result<undefined>> {
  return scope.transaction(async (tx) => {
    const field = await findField(tx, key);
    if (!field || !(await dropField(tx, key))) return fail({ kind: "not_found", what: "field" });
    const before = { key, label: field.label, type: field.type };
    await audit(tx, deps, actor, { action: "field.delete", subject: key, before });
    return ok();
  });
}

export async function addTag({ scope, deps, actor }: Act, text: string): Promise<Result<Tag>> {
  const name = cleanText(text, 60);
  if (name === "") return emptyName;
  const tag = { id: deps.newId("tag"), name, createdAt: new Date(deps.now()) };
  return scope.transaction(async (tx) => {
    if (!(await insertTag(tx, tag)))
      return fail({ kind: "taken", what: `The tag ${name}`, pointer: "/name" });
    await audit(tx, deps, actor, { action: "tag.create", subject: tag.id, after: { name } });
    return ok({ id: tag.id, name, contacts: 0 });
  });
}

export async function removeTag({ scope, deps, actor }: Act, id: TagId): Promise<Result<undefined>> {
  const tag = await findTag(scope, id);
  // The tag goes last: cut short, what is left can be deleted again.
  if (!tag || !(await dropTag(scope, id))) return fail({ kind: "not_found", what: "tag" });
  await audit(scope, deps, actor, { action: "tag.delete", subject: id, before: { name: tag.name } });
  return ok();
}

export async function addList({ scope, deps, actor }: Act, text: string): Promise<Result<List>> {
  const name = cleanText(text, 120);
  if (name === "") return emptyName;
  const list = { id: deps.newId("lst"), name, createdAt: new Date(deps.now()) };
  return scope.transaction(async (tx) => {
    if (!(await insertList(tx, list))) return takenList(name);
    await audit(tx, deps, actor, { action: "list.create", subject: list.id, after: { name } });
    return ok({ ...list, contacts: 0 });
  });
}

export async function renameList(
  { scope, deps, actor }: Act,
  id: ListId,
  text: string,
): Promise<Result<List>> {
  const name = cleanText(text, 120);
  if (name === "") return emptyName;
  const before = await getList(scope, id);
  if (!before) return noList;
  try {
    return await scope.transaction(async (tx) => {
      await setListName(tx, id, name, new Date(deps.now()));
      const change = { before: { name: before.name }, after: { name } };
      await audit(tx, deps, actor, { action: "list.update", subject: id, ...change });
      return ok({ ...before, name });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return takenList(name);
  }
}

export async function removeList({ scope, deps, actor }: Act, id: ListId): Promise<Result<undefined>> {
  const list = await getList(scope, id);
  if (!list) return noList;
  const campaign = await waitingCampaignWith(scope, id);
  if (campaign !== undefined) return fail({ kind: "in_use", what: "list", by: `the campaign ${campaign}` });
  if (!(await dropList(scope, id))) return noList;
  await audit(scope, deps, actor, { action: "list.delete", subject: id, before: { name: list.name } });
  return ok();
}

const nameErrors: readonly FieldError[] = [
  { pointer: "/name", detail: "A name has at least one visible character." },
];
const emptyName = fail({ kind: "invalid", errors: nameErrors });
const noList = fail({ kind: "not_found", what: "list" });
const takenList = (name: string) => fail({ kind: "taken", what: `The list name ${name}`, pointer: "/name" });
