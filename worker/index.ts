/** The Worker's entry: HTTP, queues, cron, and the Durable Objects it brings along. */
import { app } from "./app.ts";

export { CampaignCoordinator } from "#queues/objects/campaign-coordinator";
export { ConnectionLimiter } from "#queues/objects/connection-limiter";
export { SandboxMailbox } from "#queues/objects/sandbox-mailbox";

import { createDeps } from "#queues/deps";
import { dispatch } from "#queues/dispatch";
import { runCron } from "./cron.ts";
import { answerHit } from "./recipient/answer.ts";

export default {
  async fetch(request, env, ctx) {
    return (await answerHit(request, env, ctx)) ?? app.fetch(request, env, ctx);
  },
  async queue(batch, env) {
    await dispatch(batch, createDeps(env));
  },
  async scheduled(_event, env) {
    await runCron(createDeps(env));
  },
} satisfies ExportedHandler<Env, unknown>;
