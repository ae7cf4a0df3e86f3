/** Contracts: tags. */
import { createRoute, z } from "@hono/zod-openapi";
import { body, idParam, idSchema, json, needs, noContent, refusals } from "../contract.ts";

export const tagSchema = z
  .object({ id: idSchema("tag"), name: z.string(), contacts: z.int() })
  .openapi("Tag");
export const listTags = createRoute({
  method: "get",
  path: "/v1/tags",
  tags: ["Audience"],
  summary: "Tags with the number of contacts that carry them",
  ...needs("audience.read"),
  responses: { 200: json(z.object({ data: z.array(tagSchema) }), "Tags"), ...refusals },
});
export const createTag = createRoute({
  method: "post",
  path: "/v1/tags",
  tags: ["Audience"],
  summary: "Create a tag",
  ...needs("audience.write"),
  request: body(z.object({ name: z.string().trim().min(1).max(60) })),
  responses: { 201: json(tagSchema, "Created"), ...refusals },
});
export const deleteTag = createRoute({
  method: "delete",
  path: "/v1/tags/{id}",
  tags: ["Audience"],
  summary: "Remove a tag from everyone",
  ...needs("audience.write"),
  request: { params: idParam("tag") },
  responses: { 204: noContent, ...refusals },
});
export const tagContacts = createRoute({
  method: "post",
  path: "/v1/tags/{id}/contacts",
  tags: ["Audience"],
  summary: "Put a tag on contacts, or take it off",
  ...needs("audience.write"),
  request: {
    params: idParam("tag"),
    ...body(
      z.object({
        add: z.array(idSchema("ctc")).max(1_000).default([]),
        remove: z.array(idSchema("ctc")).max(1_000).default([]),
      }),
    ),
  },
  responses: { 204: noContent, ...refusals },
});
