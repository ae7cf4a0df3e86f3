/** The refusals every route must give, walked over all contracts there are: strangers, viewers, other tenants, bad bodies. */
import { beforeAll, describe, expect, test } from "vitest";
import { may, type Permission, permissions } from "#domain/tenant/role";
import { makers, type Named, neverGiven } from "#test/support/belongings";
import { type ApiClient, apiClient } from "#test/support/client";
import { leastOf, type Operation, operations, pathOf } from "#test/support/operations";
import { newTenant, stack } from "#test/support/stack";

type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
};

const guarded = operations.filter((o) => o.permission !== "public");
const withPermission = guarded.filter(
  (o): o is Operation & { permission: Permission } => o.permission in permissions,
);
const naming = operations.filter((o) => o.names !== undefined);
const withJson = operations.filter((o) => o.body?.type === "application/json");
const each = (list: readonly Operation[]) => list.map((o) => [o.title, o] as const);
/** `id` is a prefix of ids and also a field's `key`; the path tells which is meant. */
const namedBy = (o: Operation) =>
  (o.names === "key" && o.path.includes("{key}") ? "key_of_field" : o.names) as Named;

/** A call that would be right in every respect but the one under test. */
function call(client: ApiClient, operation: Operation, id?: string, body?: string): Promise<Response> {
  const named = operation.names === undefined ? "" : (id ?? neverGiven(namedBy(operation)));
  const { body: wanted } = operation;
  const headers: Record<string, string> = wanted ? { "content-type": wanted.type } : {};
  const good =
    wanted?.type === "application/json" ? JSON.stringify(leastOf(wanted.schema)) : "email\na@shop.example\n";
  return client.send(
    operation.method,
    pathOf(operation, named),
    wanted ? (body ?? good) : undefined,
    headers,
  );
}

/** The body of a refusal; fails on whatever is not RFC 9457 or says more than it should. */
async function refusal(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = (await response.json()) as Problem;
  expect(problem).toMatchObject({ status: response.status, type: `/problems/${problem.code}` });
  expect(problem.request_id).toBe(response.headers.get("x-request-id"));
  expect(JSON.stringify(problem)).not.toMatch(/ at \w|node_modules|errno|select |insert /i);
  return problem;
}

let mine: ApiClient;
let theirs: ApiClient;
let viewer: ApiClient;
let program: ApiClient;
let stranger: ApiClient;
const belongings = new Map<Named, string>();

beforeAll(async () => {
  const [me, them] = await Promise.all([newTenant("Mine"), newTenant("Theirs")]);
  [mine, theirs, stranger] = [me.client, them.client, apiClient(stack().origin)];
  const invitation = { email: `v-${crypto.randomUUID()}@shop.example`, role: "viewer" };
  const invited = await mine.call<{ accept_url: string }>("POST", "/v1/members/invitations", invitation);
  viewer = apiClient(stack().origin);
  const token = new URL(invited.accept_url).searchParams.get("token");
  const acceptance = { token, name: "Vic Viewer", password: "correct horse" };
  await viewer.call("POST", "/v1/invitations/accept", acceptance);
  viewer.useTenant(me.tenantId);
  const { key } = await mine.call<{ key: string }>("POST", "/v1/api-keys", { name: "Program" });
  program = apiClient(stack().origin, key);
});

test("every operation is of a known kind, and those open to anyone are exactly these", () => {
  expect(operations.length).toBeGreaterThan(80);
  const strange = operations.filter(
    (o) => !["public", "session"].includes(o.permission) && !(o.permission in permissions),
  );
  expect(strange.map((o) => o.title)).toEqual([]);
  const open = operations.filter((o) => o.permission === "public");
  expect(open.map((o) => o.title).sort()).toEqual([
    "POST /v1/auth/login",
    "POST /v1/auth/logout",
    "POST /v1/auth/signup",
    "POST /v1/invitations/accept",
  ]);
  expect(naming.filter((o) => !(namedBy(o) in makers)).map((o) => o.title)).toEqual([]);
});

test.each(each(operations))("%s is mounted", async (_, operation) => {
  const response = await call(stranger, operation, undefined, "");
  const text = await response.text();
  expect(text).not.toContain("no such route");
  expect(response.status).toBeLessThan(500);
});

describe("without a valid credential", () => {
  test.each(each(guarded))("%s is refused", async (_, operation) => {
    const { origin } = stack();
    const cookie = `${mine.cookie().split("=")[0]}=invented`;
    const answers = [
      await call(stranger, operation),
      await call(apiClient(origin, "lp_live_invented"), operation),
      await stranger.send(operation.method, pathOf(operation, "x"), undefined, { cookie, origin }),
    ];
    for (const response of answers) {
      expect(response.status).toBe(401);
      expect(await refusal(response)).toMatchObject({ code: "unauthenticated" });
    }
  });
});

describe("a role that may not", () => {
  const forbidden = (role: "viewer" | "api") => withPermission.filter((o) => !may(role, o.permission));

  test.each(each(forbidden("viewer")))("%s refuses a viewer", async (_, operation) => {
    const response = await call(viewer, operation);
    expect(response.status).toBe(403);
    expect(await refusal(response)).toMatchObject({ code: "forbidden" });
  });
  test.each(each(forbidden("api")))("%s refuses a key", async (_, operation) => {
    expect((await call(program, operation)).status).toBe(403);
  });
  test("is asked of every operation that writes", () => {
    const writes = withPermission.filter(
      (o) => !["GET"].includes(o.method) && o.permission.endsWith(".write"),
    );
    expect(forbidden("viewer")).toEqual(expect.arrayContaining(writes));
    expect(writes.length).toBeGreaterThan(30);
  });
});

describe("a role that may", () => {
  const reading = withPermission.filter((o) => o.method === "GET" && may("viewer", o.permission));
  test.each(each(reading))("%s lets a viewer read", async (_, operation) => {
    const response = await call(viewer, operation);
    // Names nothing that is there, so "not found" is as good as an answer.
    expect([200, ...(operation.names ? [404] : [])]).toContain(response.status);
  });
});

describe("what belongs to another workspace", () => {
  beforeAll(async () => {
    for (const named of new Set(naming.map(namedBy))) belongings.set(named, await makers[named](theirs));
  });

  test.each(each(naming))("%s: is answered like what never was", async (_, operation) => {
    const named = namedBy(operation);
    const [foreign, never] = await Promise.all([
      call(mine, operation, belongings.get(named)),
      call(mine, operation, neverGiven(named)),
    ]);
    const [{ request_id: a, ...one }, { request_id: b, ...other }] = [
      await refusal(foreign),
      await refusal(never),
    ];
    expect([foreign.status, one.code]).toEqual([404, "not_found"]);
    expect(one).toEqual(other);
    expect(a).not.toBe(b);
  });

  test.each(each(naming))("%s: so is what is no id at all", async (_, operation) => {
    for (const nonsense of ["x", "ten_00000000000000000000000000", "' or 1=1 --", "%00", "a".repeat(300)]) {
      const response = await call(mine, operation, nonsense);
      expect([nonsense, response.status]).toEqual([nonsense, 404]);
      await refusal(response);
    }
  });

  // The control: had the things never been there, the tests above would prove nothing.
  // Of a path that names two things, the second is not there: its own tests hold the control.
  const namesOne = (o: Operation) => o.path.split("{").length === 2;
  const reads = naming.filter((o) => o.method === "GET" && namesOne(o));
  test.each(each(reads))("%s: its owner can see it", async (_, operation) => {
    const response = await call(theirs, operation, belongings.get(namedBy(operation)));
    // A campaign that was not sent has no report yet, which is also an answer about this campaign.
    expect([200, 409]).toContain(response.status);
  });
  const removals = naming.filter((o) => o.method === "DELETE");
  test.each(each(removals))("%s: its owner can name it", async (_, operation) => {
    const response = await call(theirs, operation, belongings.get(namedBy(operation)));
    expect([204, 200, 409]).toContain(response.status);
  });
});

describe("a body that", () => {
  test.each(each(withJson))("is not JSON is refused by %s", async (_, operation) => {
    const response = await call(mine, operation, undefined, '{"name": ');
    expect([400, 422]).toContain(response.status);
    await refusal(response);
  });
  test.each(each(withJson))("is JSON of another shape is refused by %s", async (_, operation) => {
    for (const wrong of ["[]", '"text"', "null"]) {
      const response = await call(mine, operation, undefined, wrong);
      expect([wrong, response.status]).toEqual([wrong, 422]);
      await refusal(response);
    }
  });
  // They carry files, and have limits of their own (test/api/messages.test.ts).
  const large = ["POST /v1/messages", "POST /v1/messages/batch"];
  const limits = operations.filter((o) => o.body && !large.includes(o.title));
  test.each(each(limits.filter((o) => o.body?.type === "application/json")))(
    "is longer than a megabyte is refused by %s",
    async (_, operation) => {
      const response = await call(
        mine,
        operation,
        undefined,
        JSON.stringify({ name: "x".repeat(1024 * 1024) }),
      );
      expect(response.status).toBe(413);
      expect(await refusal(response)).toMatchObject({ code: "too_large" });
    },
  );
  test("may be longer than that in these places alone, which have limits of their own", () => {
    const others = limits.filter((o) => o.body?.type !== "application/json");
    expect(others.map((o) => o.title)).toEqual(["POST /v1/imports"]);
  });
});
