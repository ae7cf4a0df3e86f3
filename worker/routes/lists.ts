/** Lists. */
import { type List, listLists } from "#db/repos/lists";
import { changeListed } from "../audience/membership.ts";
import { addList, removeList, renameList } from "../audience/names.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./lists.schema.ts";

export const lists = createRouter();

lists.openapi(contract.listLists, async (c) => {
  return c.json({ data: (await listLists(c.var.scope)).map(listJson) }, 200);
});

lists.openapi(contract.createList, async (c) => {
  const out = await addList(c.var, c.req.valid("json").name);
  return out.ok ? c.json(listJson(out.value), 201) : problem(c, out.error);
});

lists.openapi(contract.renameList, async (c) => {
  const out = await renameList(c.var, c.req.valid("param").id, c.req.valid("json").name);
  return out.ok ? c.json(listJson(out.value), 200) : problem(c, out.error);
});

lists.openapi(contract.deleteList, async (c) => {
  const out = await removeList(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

lists.openapi(contract.changeListMembers, async (c) => {
  const out = await changeListed(c.var, c.req.valid("param").id, c.req.valid("json"));
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

function listJson({ id, name, contacts, createdAt }: List) {
  return { id, name, contacts, created_at: createdAt.toISOString() };
}
