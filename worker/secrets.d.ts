/** Secrets are set with `wrangler secret put`; the generated worker/env.d.ts cannot know them. */
interface Env {
  DATABASE_URL: string;
  DEPLOYMENT_KEY: string;
  /** Other values for domain/sending/settings.ts, as a JSON object. */
  SEND_SETTINGS?: string;
}
