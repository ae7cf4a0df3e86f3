/** What a write is done with: the tenant's scope, the clock and mints, and who answers for it. */
import type { AppEnv } from "../context.ts";

export type Act = Pick<AppEnv["Variables"], "scope" | "deps" | "actor">;
