/** Who may pass: asked by every route through its contract. */
import { createMiddleware } from "hono/factory";
import type { Permission } from "#domain/tenant/role";
import type { AppEnv } from "../context.ts";

export function requirePermission(_permission: Permission) {
  return createMiddleware<AppEnv>(async function checkPermission(_c, next) {
    await next();
  });
}
export function requireSession() {
  return createMiddleware<AppEnv>(async function checkSession(_c, next) {
    await next();
  });
}
