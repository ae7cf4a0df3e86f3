/** A provider that answers nothing at all: a run must not spend its people on it. */
import { expect, test } from "vitest";
import { until } from "#test/support/client";
import { startPostmark } from "../fakes/postmark.ts";
import { openShop } from "./shop.ts";

test("calls without an answer count against the connection, which is left alone for longer and longer", async () => {
  const far = await startPostmark();
  const shop = await openShop();
  await shop.addPeople(300);
  const { id: connection_id } = await shop.client.call<{ id: string }>("POST", "/v1/connections", {
    kind: "postmark",
    name: "Gone",
    rate_per_second: 10,
    settings: { base_url: far.baseUrl },
    api_key: "postmark-test-token",
    webhook_secret: "hookpassword",
  });
  await shop.client.call("POST", `/v1/connections/${connection_id}/verify`);
  const id = await shop.campaign({ connection_id });
  await far.stop();
  await shop.act(id, "send");
  const troubles = await until("three calls into nothing", async () => {
    const path = `/v1/connections/${connection_id}/health`;
    const health = await shop.client.call<{ troubles: { kind: string }[] }>("GET", path);
    return health.troubles.length >= 3 && health.troubles;
  });
  expect(new Set(troubles.map((trouble) => trouble.kind))).toEqual(new Set(["unavailable"]));
  // Ten each at most, where as many would have gone with every second.
  const { states, balances } = await shop.books(id);
  expect(balances).toBe(true);
  expect(states.unknown).toBeGreaterThan(0);
  expect(states.unknown).toBeLessThanOrEqual(50);
  await shop.act(id, "cancel");
});
