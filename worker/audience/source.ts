/** By which way a person or a consent came in: people use the dashboard, keys the API. */
import type { Actor } from "../context.ts";

export function sourceOf(actor: Pick<Actor, "id">): "api" | "dashboard" {
  return actor.id.startsWith("key_") ? "api" : "dashboard";
}
