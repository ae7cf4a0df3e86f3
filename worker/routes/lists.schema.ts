/** Contracts: lists. */
import { createRoute, z } from "@hono/zod-openapi";
import { body, idParam, idSchema, json, moment, needs, noContent, refusals } from "../contract.ts";

export const listSchema = z
  .object({ id: idSchema("lst"), name: z.string(), contacts: z.int(), created_at: moment })
  .openapi("List");
export const listLists = createRoute({
  method: "get",
  path: "/v1/lists",
  tags: ["Audience"],
  summary: "Lists with their sizes",
  ...needs("audience.read"),
  responses: { 200: json(z.object({ data: z.array(listSchema) }), "Lists"), ...refusals },
});
export const createList = createRoute({
  method: "post",
  path: "/v1/lists",
  tags: ["Audience"],
  summary: "Create a list",
  ...needs("audience.write"),
  request: body(z.object({ name: z.string().trim().min(1).max(120) })),
  responses: { 201: json(listSchema, "Created"), ...refusals },
});
export const renameList = createRoute({
  method: "patch",
  path: "/v1/lists/{id}",
  tags: ["Audience"],
  summary: "Rename a list",
  ...needs("audience.write"),
  request: { params: idParam("lst"), ...body(z.object({ name: z.string().trim().min(1).max(120) })) },
  responses: { 200: json(listSchema, "Renamed"), ...refusals },
});
export const deleteList = createRoute({
  method: "delete",
  path: "/v1/lists/{id}",
  tags: ["Audience"],
  summary: "Delete a list; its contacts stay",
  ...needs("audience.write"),
  request: { params: idParam("lst") },
  responses: { 204: noContent, ...refusals },
});
export const changeListMembers = createRoute({
  method: "post",
  path: "/v1/lists/{id}/contacts",
  tags: ["Audience"],
  summary: "Add contacts to a list, or take them off",
  ...needs("audience.write"),
  request: {
    params: idParam("lst"),
    ...body(
      z.object({
        add: z.array(idSchema("ctc")).max(1_000).default([]),
        remove: z.array(idSchema("ctc")).max(1_000).default([]),
      }),
    ),
  },
  responses: { 204: noContent, ...refusals },
});
