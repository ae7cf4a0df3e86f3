/** Putting people on lists and tags on people, many at once. */
import { existingContacts } from "#db/repos/contacts";
import { addToList, getList, removeFromList } from "#db/repos/lists";
import { addTags, findTag, removeTag } from "#db/repos/tags";
import { inTransaction } from "#db/transaction";
import type { FieldError } from "#domain/failure";
import type { ContactId, ListId, TagId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";

export type Members = { readonly add: readonly ContactId[]; readonly remove: readonly ContactId[] };

export async function changeTagged(act: Act, id: TagId, members: Members): Promise<Result<undefined>> {
  const { scope, deps, actor } = act;
  if (!(await findTag(scope, id))) return fail({ kind: "not_found", what: "tag" });
  const strangers = await strangersAmong(act, members);
  if (strangers) return strangers;
  return inTransaction(scope, async (tx) => {
    await addTags(
      tx,
      members.add.map((contact) => [contact, id] as const),
    );
    await removeTag(tx, id, members.remove);
    await audit(tx, deps, actor, { action: "tag.contacts", subject: id, after: countsOf(members) });
    return ok();
  });
}

export async function changeListed(act: Act, id: ListId, members: Members): Promise<Result<undefined>> {
  const { scope, deps, actor } = act;
  if (!(await getList(scope, id))) return fail({ kind: "not_found", what: "list" });
  const strangers = await strangersAmong(act, members);
  if (strangers) return strangers;
  return inTransaction(scope, async (tx) => {
    await addToList(tx, id, members.add, new Date(deps.now()));
    await removeFromList(tx, id, members.remove);
    await audit(tx, deps, actor, { action: "list.contacts", subject: id, after: countsOf(members) });
    return ok();
  });
}

const countsOf = ({ add, remove }: Members) => ({ added: add.length, removed: remove.length });

/** Ids that are no contacts of this tenant: adding them would leave rows that belong to nobody. */
async function strangersAmong({ scope }: Act, { add }: Members) {
  const known = new Set(await existingContacts(scope, add));
  const errors: FieldError[] = add.flatMap((id, at) =>
    known.has(id) ? [] : [{ pointer: `/add/${at}`, detail: "There is no such contact." }],
  );
  return errors.length > 0 ? fail({ kind: "invalid", errors }) : undefined;
}
