/** Templates: versions that never change, edits that lose nothing, and a preview by the renderer that sends. */
import { beforeAll, describe, expect, test } from "vitest";
import { type ApiClient, until } from "#test/support/client";
import { newTenant } from "#test/support/stack";

type Template = {
  id: string;
  name: string;
  version: number;
  subject: string;
  html: string;
  text: string;
  defaults: object;
};
type Problem = {
  part: string;
  severity: string;
  code: string;
  message: string;
  line: number | null;
  column: number | null;
};
type Preview = {
  subject: string;
  preheader: string;
  html: string;
  text: string;
  size_bytes: number;
  problems: Problem[];
};
type Mail = { id: string; to: string; subject: string };

let client: ApiClient;
beforeAll(async () => {
  ({ client } = await newTenant("Moss & Sons"));
  await client.call("PATCH", "/v1/tenant", {
    from_email: "news@moss.example",
    postal_address: "1 Main Street",
  });
  await client.call("POST", "/v1/fields", { key: "city", label: "City", type: "text" });
});

const make = (part: object = {}) =>
  client.call<Template>("POST", "/v1/templates", {
    name: "Spring",
    subject: "Hi",
    html: "<p>Hello</p>",
    ...part,
  });
const edit = (id: string, body: object, headers: Record<string, string> = {}) =>
  client.send("PATCH", `/v1/templates/${id}`, body, headers);
const preview = (part: object) =>
  client.call<Preview>("POST", "/v1/templates/preview", { subject: "S", html: "<p>x</p>", ...part });

describe("versions", () => {
  test("a change of content makes a new one; the old ones stay as they were", async () => {
    const first = await make({ defaults: { first_name: "friend" } });
    expect(first).toMatchObject({ version: 1, text: "", defaults: { first_name: "friend" } });
    const second = (await (await edit(first.id, { html: "<p>Bye</p>" })).json()) as Template;
    expect(second).toMatchObject({
      version: 2,
      subject: "Hi",
      html: "<p>Bye</p>",
      defaults: { first_name: "friend" },
    });
    expect(await client.call("GET", `/v1/templates/${first.id}`)).toEqual(second);
    expect(await client.call("GET", `/v1/templates/${first.id}?version=1`)).toMatchObject({
      version: 1,
      html: "<p>Hello</p>",
    });
    const { data } = await client.call<{ data: { version: number }[] }>(
      "GET",
      `/v1/templates/${first.id}/versions`,
    );
    expect(data.map((v) => v.version)).toEqual([2, 1]);
    expect((await client.send("GET", `/v1/templates/${first.id}?version=3`)).status).toBe(404);
  });

  test("a new name, or nothing new, makes none", async () => {
    const { id } = await make();
    expect(await (await edit(id, { name: "Autumn", subject: "Hi" })).json()).toMatchObject({
      name: "Autumn",
      version: 1,
    });
  });

  test("two editors: the second is told, not overwritten", async () => {
    const made = await client.send("POST", "/v1/templates", { name: "N", subject: "S", html: "<p>1</p>" });
    const { id } = (await made.json()) as Template;
    const etag = made.headers.get("etag") ?? "";
    expect((await client.send("GET", `/v1/templates/${id}`)).headers.get("etag")).toBe(etag);
    const won = await edit(id, { html: "<p>2</p>" }, { "if-match": etag });
    expect(won.status).toBe(200);
    const lost = await edit(id, { html: "<p>3</p>" }, { "if-match": etag });
    expect(lost.status).toBe(412);
    expect(await lost.json()).toMatchObject({ code: "changed_meanwhile" });
    expect(await client.call("GET", `/v1/templates/${id}`)).toMatchObject({ html: "<p>2</p>", version: 2 });
    expect((await edit(id, { name: "M" }, { "if-match": won.headers.get("etag") ?? "" })).status).toBe(200);
  });

  test("edits at the same moment each become a version", async () => {
    const { id } = await make();
    const answers = await Promise.all([1, 2, 3, 4].map((n) => edit(id, { html: `<p>${n}${n}</p>` })));
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 200]);
    expect(await client.call("GET", `/v1/templates/${id}`)).toMatchObject({ version: 5 });
  });
});

test("the list shows the last changed first, in pages, without those archived", async () => {
  const { client: own } = await newTenant();
  const ids: string[] = [];
  for (const name of ["A", "B", "C"]) {
    ids.push((await own.call<Template>("POST", "/v1/templates", { name, subject: name, html: "" })).id);
  }
  await own.call("PATCH", `/v1/templates/${ids[0]}`, { subject: "A2" });
  const names = async () => {
    const all: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const at: string = cursor ? `&cursor=${cursor}` : "";
      const page: { data: Template[]; next_cursor: string | null } = await own.call(
        "GET",
        `/v1/templates?limit=2${at}`,
      );
      all.push(...page.data.map((t) => t.subject));
      cursor = page.next_cursor;
    }
    return all;
  };
  expect(await names()).toEqual(["A2", "C", "B"]);
  expect((await own.send("DELETE", `/v1/templates/${ids[1]}`)).status).toBe(204);
  expect(await names()).toEqual(["A2", "C"]);
  for (const [method, body] of [["GET"], ["DELETE"], ["PATCH", { name: "x" }]] as [string, object?][]) {
    expect((await own.send(method, `/v1/templates/${ids[1]}`, body)).status).toBe(404);
  }
});

describe("preview", () => {
  test("shows the mail as it would be, for an invented person", async () => {
    const out = await preview({
      subject: "{{ first_name }} & {{ tenant_name }}",
      preheader: "For {{ fields.city }}",
      html: `<p>{{ first_name }} of {{ fields.city }}</p><a href="https://shop.example/?a=1&amp;b=2">x</a>`,
    });
    expect(out).toMatchObject({ subject: "Ada & Moss & Sons", preheader: "For Example" });
    expect(out.html).toContain("<p>Ada of Example</p>");
    expect(out.html).toContain(`href="https://shop.example/?a=1&amp;b=2"`);
    expect(out.html).toMatch(/1 Main Street<br><a href="http[^"]*\/t\/u\/[\w-]{56}"/);
    expect(out.html).not.toContain("/t/o/");
    expect(out.text).toContain("Ada of Example");
    expect(out.size_bytes).toBe(Buffer.byteLength(out.html));
    expect(out.problems.map((p) => p.code)).toEqual(["no_unsubscribe"]);
  });

  test("shows it for a chosen contact; a foreign one is not found", async () => {
    const contact = await client.call<{ id: string }>("POST", "/v1/contacts", {
      email: "bea@people.example",
      first_name: "<Bea>",
      fields: { city: "Cork" },
    });
    const part = { html: "<p>{{ first_name }} of {{ fields.city }}</p>", contact_id: contact.id };
    expect((await preview(part)).html).toContain("<p>&lt;Bea&gt; of Cork</p>");
    const { client: other } = await newTenant();
    const refused = await other.send("POST", "/v1/templates/preview", { subject: "S", ...part });
    expect(refused.status).toBe(404);
  });

  test("names what is broken by line and column, and what is not known", async () => {
    const out = await preview({ html: "<p>\n  {{ frist_name }}</p>", text: "a\n {% if %}" });
    expect(out).toMatchObject({ html: "", subject: "" });
    expect(out.problems).toMatchObject([{ part: "text", code: "syntax", severity: "error", line: 2 }]);
    const typo = await preview({ html: "<p>\n  {{ frist_name }} {{ fields.citi }}</p>" });
    expect(typo.problems.filter((p) => p.code === "undefined_variable")).toMatchObject([
      { line: 2, column: 6, message: "There is no variable frist_name. Did you mean first_name?" },
      { line: 2, column: 23, message: "There is no variable fields.citi. Did you mean fields.city?" },
    ]);
  });

  test("of a hostile template is an answer, not a stall", async () => {
    const html =
      "{% assign a = (1..1000) %}{% for i in a %}{% for j in a %}{% for k in a %}{% endfor %}{% endfor %}{% endfor %}";
    const out = await preview({ html });
    expect(out.problems).toContainEqual(expect.objectContaining({ code: "render", severity: "error" }));
  });
});

describe("test send", () => {
  test("puts the marked mail into the sandbox and leaves an entry in the log", async () => {
    const { id } = await make({ subject: "News for {{ first_name }}" });
    const sent = await client.call("POST", `/v1/templates/${id}/test-send`, {
      to: " Ignore-Me@Shop.example ",
    });
    expect(sent).toMatchObject({ accepted: true });
    const mail = await until("the test mail", async () => {
      const { data } = await client.call<{ data: Mail[] }>("GET", "/v1/sandbox/mails");
      return data.find((m) => m.to === "ignore-me@shop.example");
    });
    expect(mail.subject).toBe("[Test] News for Ada");
    const { data } = await client.call<{ data: { action: string }[] }>("GET", `/v1/audit-log?subject=${id}`);
    expect(data[0]).toMatchObject({
      action: "template.test_send",
      after: { to: "ignore-me@shop.example", accepted: true },
    });
    const onboarding = await client.call<{ steps: { key: string; done: boolean }[] }>(
      "GET",
      "/v1/onboarding",
    );
    expect(onboarding.steps.find((s) => s.key === "test_send")?.done).toBe(true);
  });

  test("of what cannot be rendered, or to what is no address, is refused", async () => {
    const broken = await make({ html: "a\n{% if %}" });
    const refused = await client.send("POST", `/v1/templates/${broken.id}/test-send`, {
      to: "me@shop.example",
    });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: "not_ready", errors: [{ pointer: "/html" }] });
    const { id } = await make();
    const nowhere = await client.send("POST", `/v1/templates/${id}/test-send`, { to: "me@" });
    expect(await nowhere.json()).toMatchObject({ code: "invalid", errors: [{ pointer: "/to" }] });
  });
});
