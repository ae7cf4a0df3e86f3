/** Failed jobs through the API: seen by admins, tried again for real, put away, and written down. */
import { expect, test } from "vitest";
import { openDb } from "#db/client";
import { buryDeadLetter, type DeadLetter } from "#db/repos/dead-letters";
import { moveImport } from "#db/repos/imports";
import { TenantDb } from "#db/scope";
import { importOptionsSchema } from "#domain/contact/import";
import { idText } from "#domain/id-schema";
import { until } from "#test/support/client";
import { newId } from "#test/support/scope";
import { newTenant, stack } from "#test/support/stack";

type Job = { id: string; state: string; kind: string; error: string; body?: unknown };
type Page = { data: Job[]; next_cursor: string | null; waiting: number };

async function shop() {
  const { client, tenantId } = await newTenant();
  const scope = new TenantDb(openDb(stack().databaseUrl).orm, idText("ten").parse(tenantId));
  // Nothing that is asked for through the API fails at every attempt: letters are laid down where they would end.
  async function bury(more: Partial<DeadLetter> = {}): Promise<string> {
    const id = newId("dlt");
    const body = { v: 1, kind: "import.step", tenantId, importId: newId("imp") };
    const letter = {
      id,
      queue: "larkpost-import",
      messageKey: id,
      body,
      error: "Error: gone",
      state: "waiting" as const,
    };
    await buryDeadLetter(scope, { ...letter, settledAt: null, at: new Date(), ...more });
    return id;
  }
  return { client, tenantId, scope, bury };
}

test("a failed import goes on from where it stood when its job is tried again, and only once", async () => {
  const { client, tenantId, scope, bury } = await shop();
  const file = "email\nann@shop.example\nben@shop.example\n";
  const sent = await client.send("POST", "/v1/imports", file, { "content-type": "text/csv" });
  const importId = idText("imp").parse(((await sent.json()) as { id: string }).id);
  const now = new Date();
  const options = importOptionsSchema.parse({ mapping: ["email"] });
  const ended = {
    state: "failed" as const,
    options,
    failure: "Again and again.",
    startedAt: now,
    updatedAt: now,
  };
  expect(await moveImport(scope, importId, ["uploaded"], ended)).toBe(true);
  const id = await bury({ body: { v: 1, kind: "import.step", tenantId, importId } });

  const answers = [1, 2].map(() => client.call<Job>("POST", `/v1/dead-letters/${id}/redrive`));
  expect((await Promise.all(answers)).map((job) => job.state)).toEqual(["redriven", "redriven"]);
  const done = await until("the import to end", async () => {
    const job = await client.call<{ state: string; rows_created: number }>("GET", `/v1/imports/${importId}`);
    return job.state === "completed" && job;
  });
  expect(done.rows_created).toBe(2);
  expect(await client.call<Job>("GET", `/v1/dead-letters/${id}`)).toMatchObject({
    state: "redriven",
    body: { importId },
  });
});

test("the list counts what waits, filters by state and pages", async () => {
  const { client, bury } = await shop();
  const ids = [
    await bury(),
    await bury({ queue: "larkpost-send", body: { kind: "send.chunk" } }),
    await bury(),
  ];
  await client.call("POST", `/v1/dead-letters/${ids[0]}/discard`);
  const page = await client.call<Page>("GET", "/v1/dead-letters?limit=2");
  expect([page.waiting, page.data.map((job) => job.id)]).toEqual([2, [ids[2], ids[1]]]);
  expect(page.data[1]).toMatchObject({ kind: "send.chunk", error: "Error: gone" });
  const rest = await client.call<Page>("GET", `/v1/dead-letters?limit=2&cursor=${page.next_cursor}`);
  expect(rest.data.map((job) => [job.id, job.state])).toEqual([[ids[0], "discarded"]]);
  const waiting = await client.call<Page>("GET", "/v1/dead-letters?state=waiting");
  expect(waiting.data).toHaveLength(2);
});

test("several are tried again at once; what was put away stays so, and every decision is in the log", async () => {
  const { client, bury } = await shop();
  const [one = "", two = "", away = ""] = [await bury(), await bury(), await bury()];
  await client.call("POST", `/v1/dead-letters/${away}/discard`);
  const ids = [one, two, away, newId("dlt")];
  expect(await client.call("POST", "/v1/dead-letters/redrive", { ids })).toEqual({ redriven: 2 });
  expect((await client.send("POST", `/v1/dead-letters/${away}/redrive`)).status).toBe(409);
  expect((await client.send("POST", `/v1/dead-letters/${one}/discard`)).status).toBe(409);
  const { data } = await client.call<{ data: { action: string; subject: string }[] }>("GET", "/v1/audit-log");
  const decisions = data.filter(({ action }) => action.startsWith("failed_job."));
  expect(decisions.map(({ action, subject }) => `${action} ${subject}`).sort()).toEqual(
    [`failed_job.discard ${away}`, `failed_job.redrive ${one}`, `failed_job.redrive ${two}`].sort(),
  );
});
