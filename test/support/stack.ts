// The running stack, as a test sees it, and a fresh tenant on it.
import { inject } from "vitest";
import { fireCron } from "#worker/local/platform";
import { client, type TestClient } from "./client.ts";
import type { TestStack } from "./test-stack.ts";

export { client, type TestClient } from "./client.ts";

export function stack(): TestStack {
  const running = inject("stack");
  if (!running) throw new Error("no stack: run this through the project `stack` of vitest.config.ts");
  return running;
}

/** Fires the Worker's cron and waits until it has ended. */
export const triggerCron = (): Promise<void> => fireCron(stack().cronUrl);

export type TestTenant = {
  /** Signed in as the owner, and naming the tenant in every request. */
  client: TestClient;
  tenantId: string;
  userId: string;
  email: string;
  password: string;
};

/** Signs a new workspace up through the API. */
export async function newTenant(name = "Test workspace"): Promise<TestTenant> {
  const signedUp = client(stack().origin);
  const email = `owner-${crypto.randomUUID()}@example.com`;
  const password = crypto.randomUUID();
  const { data, response } = await signedUp.api.POST("/v1/auth/signup", {
    body: { email, password, name: "Test Owner", tenant_name: name, time_zone: "UTC" },
  });
  const tenant = data?.tenants[0];
  if (!data || !tenant) throw new Error(`sign-up failed: ${response.status}`);
  signedUp.headers.set("x-tenant-id", tenant.id);
  return { client: signedUp, tenantId: tenant.id, userId: data.user.id, email, password };
}
