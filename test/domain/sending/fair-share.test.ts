/** However many campaigns a workspace launches, what it has under way together is bounded, and each of them goes on. */
import { expect, test } from "vitest";
import { chunksAllowed } from "#domain/sending/fair-share";

const settings = { chunksInFlight: 4, tenantChunksInFlight: 8 };

test("one or two runs have four each, three have two, eight and more have one", () => {
  expect([0, 1, 2, 3, 8, 20].map((open) => chunksAllowed(settings, open))).toEqual([4, 4, 4, 2, 1, 1]);
});

test("together they never have more than the workspace's share, or than one each", () => {
  for (let open = 1; open <= 100; open++) {
    const one = chunksAllowed(settings, open);
    expect(one).toBeGreaterThan(0);
    expect(one * open).toBeLessThanOrEqual(Math.max(settings.tenantChunksInFlight, open));
  }
});
