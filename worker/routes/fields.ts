/** Custom fields. */
import { type Field, listFields } from "#db/repos/fields";
import { addField, removeField } from "../audience/names.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./fields.schema.ts";

export const fields = createRouter();

fields.openapi(contract.listFields, async (c) => {
  return c.json({ data: (await listFields(c.var.scope)).map(fieldJson) }, 200);
});

fields.openapi(contract.createField, async (c) => {
  const out = await addField(c.var, c.req.valid("json"));
  return out.ok ? c.json(fieldJson(out.value), 201) : problem(c, out.error);
});

fields.openapi(contract.deleteField, async (c) => {
  const out = await removeField(c.var, c.req.valid("param").key);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

function fieldJson({ key, label, type, createdAt }: Field) {
  return { key, label, type, created_at: createdAt.toISOString() };
}
