/** The parts every route contract is made of: who may call, what a list looks like, how refusals read. */
import { z } from "@hono/zod-openapi";
import { idText } from "#domain/id-schema";
import type { Prefix } from "#domain/ids";
import { type Permission, permissions } from "#domain/tenant/role";
import { requirePermission, requireSession } from "./middleware/access.ts";
import { idempotent } from "./middleware/idempotency.ts";

/** A route of one tenant: a session or key whose role has `permission`. */
export function needs(permission: Permission) {
  return {
    security: [{ session: [] }, { apiKey: [] }] as { [name: string]: string[] }[],
    middleware: [requirePermission(permission), idempotent()],
    "x-permission": permission,
    "x-roles": [...permissions[permission]],
  };
}
/** A route of a signed-in person, whichever the tenant. */
export function needsSession() {
  return {
    security: [{ session: [] }] as { [name: string]: string[] }[],
    middleware: requireSession(),
    "x-permission": "session",
  };
}
/** A route anyone may call. */
export function open() {
  return { security: [] as { [name: string]: string[] }[], "x-permission": "public" };
}

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    request_id: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .openapi("Problem");

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemSchema } },
});
/** The refusals any route may give (RFC 9457). */
export const refusals = {
  400: problem("The request could not be read"),
  401: problem("No valid credential"),
  403: problem("The credential's role does not allow this"),
  404: problem("No such thing in this tenant"),
  409: problem("The thing's state does not allow this"),
  413: problem("The body is too large"),
  422: problem("The body was understood and is wrong; `errors` says where"),
  429: problem("Too many requests; `Retry-After` says when to come back"),
  500: problem("Our fault; the request id finds it in the log"),
};

export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}
export function body<T extends z.ZodType>(schema: T) {
  return { body: { required: true, content: { "application/json": { schema } } } };
}
export const noContent = { description: "Done; nothing to say" };

export function idSchema<P extends Prefix>(prefix: P, example = `${prefix}_01m825qb22f54rkkv7webmw8ka`) {
  return idText(prefix).openapi({ pattern: `^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`, example: example as never });
}
/** The path parameter `id`. An id of the wrong shape names nothing, so it is answered as not found. */
export function idParam<P extends Prefix>(prefix: P) {
  return z.object({ id: idSchema(prefix).openapi({ param: { name: "id", in: "path" } }) });
}

export const moment = z.iso.datetime().openapi({ example: "2026-11-22T09:30:00.000Z" });

/** Query of a list: `limit` (25, at most 100) and the opaque `cursor` of the page before. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(300).optional(),
});
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}
