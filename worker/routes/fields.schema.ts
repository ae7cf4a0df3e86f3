/** Contracts: custom fields. */
import { createRoute, z } from "@hono/zod-openapi";
import { fieldKeyPattern, fieldTypes } from "#domain/contact/fields";
import { body, json, moment, needs, noContent, refusals } from "../contract.ts";

export const fieldSchema = z
  .object({
    key: z.string().regex(fieldKeyPattern),
    label: z.string(),
    type: z.enum(fieldTypes),
    created_at: moment,
  })
  .openapi("Field");
export const listFields = createRoute({
  method: "get",
  path: "/v1/fields",
  tags: ["Audience"],
  summary: "Custom fields",
  ...needs("audience.read"),
  responses: { 200: json(z.object({ data: z.array(fieldSchema) }), "Fields"), ...refusals },
});
export const createField = createRoute({
  method: "post",
  path: "/v1/fields",
  tags: ["Audience"],
  summary: "Declare a custom field",
  ...needs("audience.write"),
  request: body(
    z.object({
      key: z.string().regex(fieldKeyPattern, "lower-case letters, digits and _, beginning with a letter"),
      label: z.string().trim().min(1).max(80),
      type: z.enum(fieldTypes),
    }),
  ),
  responses: { 201: json(fieldSchema, "Declared"), ...refusals },
});
export const deleteField = createRoute({
  method: "delete",
  path: "/v1/fields/{key}",
  tags: ["Audience"],
  summary: "Remove a custom field; values already stored stay until the contact is next written",
  ...needs("audience.write"),
  request: {
    params: z.object({
      key: z
        .string()
        .max(40)
        .openapi({ param: { name: "key", in: "path" } }),
    }),
  },
  responses: { 204: noContent, ...refusals },
});
