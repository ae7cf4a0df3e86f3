/** Tags. */
import { listTags } from "#db/repos/tags";
import { changeTagged } from "../audience/membership.ts";
import { addTag, removeTag } from "../audience/names.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./tags.schema.ts";

export const tags = createRouter();

tags.openapi(contract.listTags, async (c) => c.json({ data: await listTags(c.var.scope) }, 200));

tags.openapi(contract.createTag, async (c) => {
  const out = await addTag(c.var, c.req.valid("json").name);
  return out.ok ? c.json(out.value, 201) : problem(c, out.error);
});

tags.openapi(contract.deleteTag, async (c) => {
  const out = await removeTag(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

tags.openapi(contract.tagContacts, async (c) => {
  const out = await changeTagged(c.var, c.req.valid("param").id, c.req.valid("json"));
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});
