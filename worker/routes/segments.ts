/** Segments. */
import { countRule, listSegments, sampleRule } from "#db/repos/segments";
import { describe } from "#domain/segment/describe";
import { contactJson } from "../audience/contact-view.ts";
import {
  addSegment,
  countedSegment,
  namesOf,
  patchSegment,
  removeSegment,
  segmentJson,
} from "../audience/segments.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./segments.schema.ts";

export const segments = createRouter();

const sampleSize = 10;

segments.openapi(contract.listSegments, async (c) => {
  const [rows, names] = await Promise.all([listSegments(c.var.scope), namesOf(c.var.scope)]);
  return c.json({ data: rows.map((row) => segmentJson(row, names)) }, 200);
});

segments.openapi(contract.createSegment, async (c) => {
  const out = await addSegment(c.var, c.req.valid("json"));
  return out.ok ? c.json(segmentJson(out.value, await namesOf(c.var.scope)), 201) : problem(c, out.error);
});

segments.openapi(contract.previewSegment, async (c) => {
  const { rule } = c.req.valid("json");
  const now = new Date(c.var.deps.now());
  const [counted, sample, names] = await Promise.all([
    countRule(c.var.scope, rule, now),
    sampleRule(c.var.scope, rule, now, sampleSize),
    namesOf(c.var.scope),
  ]);
  return c.json({ ...counted, description: describe(rule, names), sample: sample.map(contactJson) }, 200);
});

segments.openapi(contract.getSegment, async (c) => {
  const out = await countedSegment(c.var, c.req.valid("param").id);
  return out.ok ? c.json(segmentJson(out.value, await namesOf(c.var.scope)), 200) : problem(c, out.error);
});

segments.openapi(contract.updateSegment, async (c) => {
  const out = await patchSegment(c.var, c.req.valid("param").id, c.req.valid("json"));
  return out.ok ? c.json(segmentJson(out.value, await namesOf(c.var.scope)), 200) : problem(c, out.error);
});

segments.openapi(contract.deleteSegment, async (c) => {
  const out = await removeSegment(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});
