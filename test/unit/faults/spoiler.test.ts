/** A line that fails in a named way, so that what was carried out and what was answered are known apart. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { CallFault } from "../../faults/plan.ts";
import { startSpoiler } from "../../faults/spoiler.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function lineTo(fates: (CallFault | undefined)[]) {
  const seen: { host: string | undefined; body: string }[] = [];
  const far = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    seen.push({ host: request.headers.host, body });
    response.writeHead(201, { "x-far": "yes" }).end("taken");
  });
  await new Promise<void>((resolve) => far.listen(0, "127.0.0.1", resolve));
  const noted: string[] = [];
  const line = await startSpoiler({
    behind: `http://127.0.0.1:${(far.address() as AddressInfo).port}`,
    words: {
      rateLimited: { body: { slow: "down" }, headers: { "retry-after": "1" } },
      broken: { no: "good" },
    },
    next: () => fates.shift(),
    note: (fault) => noted.push(fault),
  });
  ends.push(
    line.stop,
    () => far.closeAllConnections(),
    () => far.close(),
  );
  const send = (timeoutMs = 3_000) =>
    fetch(`${line.baseUrl}/mail?x=1`, {
      method: "POST",
      body: "letter",
      signal: AbortSignal.timeout(timeoutMs),
    });
  return { line, seen, noted, send };
}

test("a calm call arrives as it was sent, under the address that was called, and its answer comes back", async () => {
  const { line, seen, send } = await lineTo([]);
  const answer = await send();
  expect([answer.status, answer.headers.get("x-far"), await answer.text()]).toEqual([201, "yes", "taken"]);
  expect(seen).toEqual([{ host: new URL(line.baseUrl).host, body: "letter" }]);
});

test.each([
  ["error_before", 503, 0],
  ["error_after", 502, 1],
  ["rate_limited", 429, 0],
] as const)("%s answers %i, and the far end has taken %i", async (fault, status, taken) => {
  const { seen, noted, send } = await lineTo([fault]);
  expect((await send()).status).toBe(status);
  expect(seen).toHaveLength(taken);
  expect(noted).toEqual([fault]);
});

test.each([
  ["cut_before", 0],
  ["cut_after", 1],
  ["hang_before", 0],
  ["hang_after", 1],
] as const)("%s answers nothing, and the far end has taken %i", async (fault, taken) => {
  const { seen, send } = await lineTo([fault]);
  await expect(send(600)).rejects.toThrow();
  expect(seen).toHaveLength(taken);
});

test("looking something up is never spoiled: faults are for what sends", async () => {
  const { line } = await lineTo(["error_before"]);
  expect((await fetch(line.baseUrl)).status).toBe(201);
});
