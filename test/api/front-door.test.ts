/** What holds for every request, whatever its route: origin, size, form, headers, and the routes about the API itself. */
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { apiClient } from "#test/support/client";
import { newTenant, stack } from "#test/support/stack";

const visitor = () => apiClient(stack().origin);
const problemOf = async (response: Response) =>
  (await response.json()) as { code: string; status: number; request_id: string };

describe("a request with a session cookie", () => {
  test("may write only from our own pages", async () => {
    const { client } = await newTenant();
    const write = (headers: Record<string, string>) =>
      visitor().send("PATCH", "/v1/tenant", { name: "Taken over" }, { cookie: client.cookie(), ...headers });
    for (const headers of [{}, { origin: "https://evil.example" }, { origin: "null" }, { origin: "" }]) {
      const response = await write(headers as Record<string, string>);
      expect(response.status).toBe(403);
      expect(await problemOf(response)).toMatchObject({ code: "bad_origin" });
    }
    expect(await client.call("GET", "/v1/tenant")).toMatchObject({ name: "Test workspace" });
    expect((await write({ origin: stack().origin })).status).toBe(200);
  });

  test("may read without saying where it comes from", async () => {
    const { client } = await newTenant();
    const response = await visitor().send("GET", "/v1/me", undefined, { cookie: client.cookie() });
    expect(response.status).toBe(200);
  });

  test("opens no socket for another site's page", async () => {
    const { client } = await newTenant();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(`${stack().origin}/v1/campaigns/cmp_00000000000000000000000000/live`, {
        headers: {
          cookie: client.cookie(),
          origin: "https://evil.example",
          connection: "upgrade",
          upgrade: "websocket",
          "sec-websocket-version": "13",
          "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
        },
      });
      asked.on("response", (response) => resolve(response.resume().statusCode));
      asked.on("upgrade", (_response, socket) => resolve(socket.destroy() && 101));
      asked.on("error", reject);
      asked.end();
    });
    expect(status).toBe(403);
  });
});

describe("a body", () => {
  test("that is not JSON is refused as such, and not as our fault", async () => {
    for (const [text, type, status] of [
      ["{bad", "application/json", 400],
      ["\u0000", "application/json", 400],
      ["email=a", "application/x-www-form-urlencoded", 415],
      ["{}", "text/plain", 415],
    ] as const) {
      const response = await visitor().send("POST", "/v1/auth/login", text, { "content-type": type });
      expect([text, response.status]).toEqual([text, status]);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    }
  });

  test("of the wrong shape is refused with a pointer to each fault", async () => {
    const response = await visitor().send("POST", "/v1/auth/login", { email: 7 });
    const { errors } = (await response.json()) as { errors: { pointer: string }[] };
    expect(response.status).toBe(422);
    expect(errors.map((e) => e.pointer)).toEqual(["/email", "/password"]);
  });

  test("of more than a megabyte is refused, with its length declared or not", async () => {
    const text = JSON.stringify({ email: "a".repeat(1024 * 1024), password: "x" });
    const type = { "content-type": "application/json" };
    const declared = await visitor().send("POST", "/v1/auth/login", text, type);
    expect([declared.status, (await problemOf(declared)).code]).toEqual([413, "too_large"]);
    const streamed = await fetch(`${stack().origin}/v1/auth/login`, {
      method: "POST",
      headers: type,
      body: new Blob([text]).stream(),
      duplex: "half",
    } as RequestInit);
    expect([streamed.status, (await problemOf(streamed)).code]).toEqual([413, "too_large"]);
  });

  test("of more than a hundred megabytes is refused before it is sent, even where files are taken", async () => {
    const { client } = await newTenant();
    const headers = { cookie: client.cookie(), origin: stack().origin, "content-type": "text/csv" };
    const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const upload = request(`${stack().origin}/v1/imports`, {
        method: "POST",
        headers: { ...headers, "content-length": String(100 * 1024 * 1024 + 1) },
      });
      upload.on("response", async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, text });
        upload.destroy();
      });
      upload.on("error", reject);
      upload.flushHeaders();
    });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ code: "too_large" });
  });

  test("sent in pieces without a length is read like any other", async () => {
    const response = await fetch(`${stack().origin}/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Blob(['{"email":"nobody', '@shop.example","password":"x"}']).stream(),
      duplex: "half",
    } as RequestInit);
    expect([response.status, (await problemOf(response)).code]).toEqual([401, "wrong_credentials"]);
  });
});

test("every answer carries its request id and forbids sniffing, framing and keeping", async () => {
  const { client } = await newTenant();
  const answers = await Promise.all([
    client.send("GET", "/v1/tenant"),
    client.send("GET", "/v1/nowhere"),
    visitor().send("GET", "/v1/tenant"),
    visitor().send("POST", "/v1/auth/login", "{", { "content-type": "application/json" }),
  ]);
  expect(answers.map((a) => a.status)).toEqual([200, 404, 401, 400]);
  for (const { headers } of answers) {
    expect(headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("strict-transport-security")).toContain("max-age=");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  }
  const refused = answers[1] as Response;
  expect((await problemOf(refused)).request_id).toBe(refused.headers.get("x-request-id"));
  expect(answers[2]?.headers.get("www-authenticate")).toBe("Bearer");
});

describe("about the API itself", () => {
  test("health says that the database answers", async () => {
    const response = await visitor().send("GET", "/health");
    expect([response.status, await response.json()]).toEqual([200, { status: "ok", database: "ok" }]);
  });

  test("the document is OpenAPI 3.1, and every reference in it leads somewhere", async () => {
    const document = await visitor().call<{ openapi: string; paths: object }>("GET", "/v1/openapi.json");
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths).length).toBeGreaterThan(50);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path ?? "",
    );
    const dangling = references.filter(
      (path) =>
        path.split("/").reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document) ===
        undefined,
    );
    expect(references.length).toBeGreaterThan(10);
    expect(dangling).toEqual([]);
  });

  test("the reference page names every operation and runs no script", async () => {
    const document = await visitor().call<{ paths: Record<string, object> }>("GET", "/v1/openapi.json");
    const response = await visitor().send("GET", "/v1/docs");
    const html = await response.text();
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    for (const path of Object.keys(document.paths)) expect(html).toContain(`<code>${path}</code>`);
    expect(html).not.toMatch(/<script|\son\w+=|https?:\/\/(?!www\.w3)[^"]*\.(js|css)/);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});
