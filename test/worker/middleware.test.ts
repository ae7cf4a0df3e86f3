/** The middleware and the last stop of errors, on an app of a few lines: what the running stack cannot be made to do at will. */
import { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import type { LogFields } from "#domain/ports";
import type { AppEnv } from "#worker/context";
import { BodyTooLarge, bodyLimit } from "#worker/middleware/body-limit";
import { secureHeaders } from "#worker/middleware/headers";
import { logRequest } from "#worker/middleware/log";
import { requestId } from "#worker/middleware/request-id";
import { onError } from "#worker/on-error";
import { createRouter } from "#worker/router";

const megabyte = 1024 * 1024;

function setUp() {
  const lines: { event: string; fields: LogFields | undefined }[] = [];
  const app = createRouter();
  const log = (event: string, fields?: LogFields) => void lines.push({ event, fields });
  app.use(requestId());
  app.use(async (c, next) => {
    // The log and the clock are all these middlewares ask for.
    c.set("deps", { log, now: () => 0 } as unknown as AppEnv["Variables"]["deps"]);
    await next();
  });
  app.use(logRequest(), secureHeaders(), bodyLimit());
  app.onError(onError);
  app.post("/v1/imports", async (c) => {
    let sizeBytes = 0;
    for await (const chunk of c.req.raw.body ?? []) sizeBytes += (chunk as Uint8Array).byteLength;
    return c.json({ sizeBytes });
  });
  app.post("/v1/echo", async (c) => c.json(await c.req.json()));
  return { app, lines };
}

/** A body of unknown length; `given` counts the pieces that were asked for. */
function streamed(pieces: number) {
  const state = { given: 0 };
  const body = new ReadableStream({
    pull(controller) {
      if (state.given++ < pieces) controller.enqueue(new Uint8Array(megabyte));
      else controller.close();
    },
  });
  return { state, init: { method: "POST", body, duplex: "half" } as RequestInit };
}

describe("an unexpected error", () => {
  const thrown = () =>
    new Error("Failed query: select secret from users where email = 'ann@shop.example'", {
      cause: new Error("Duplicate entry 'ann@shop.example' (errno 1062)"),
    });

  test("tells the caller nothing but the request's id", async () => {
    const { app } = setUp();
    app.get("/broken", () => {
      throw thrown();
    });
    const response = await app.request("/broken");
    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const body = (await response.json()) as { request_id: string; code: string };
    expect(body.code).toBe("internal");
    expect(body.request_id).toBe(response.headers.get("x-request-id"));
    expect(JSON.stringify(body)).not.toMatch(/select|errno|ann@/);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("is in the log under that id, without the address it was about", async () => {
    const { app, lines } = setUp();
    app.get("/broken", () => {
      throw thrown();
    });
    const requestIdSeen = (await app.request("/broken")).headers.get("x-request-id");
    const error = lines.find((line) => line.event === "error")?.fields;
    expect(error?.request_id).toBe(requestIdSeen);
    expect(error?.error).toContain("errno 1062");
    expect(JSON.stringify(lines)).not.toContain("ann@");
  });

  test("of the framework, of a kind that nobody foresaw, is answered alike", async () => {
    const { app } = setUp();
    app.get("/broken", () => {
      throw new HTTPException(418);
    });
    expect((await app.request("/broken")).status).toBe(500);
  });
});

test("the line of a request names the route, not the values in its path", async () => {
  const { app, lines } = setUp();
  app.get("/v1/suppressions/:address", (c) => c.json({}));
  await app.request("/v1/suppressions/ann@shop.example?search=bob@shop.example");
  expect(lines).toEqual([
    {
      event: "request",
      fields: expect.objectContaining({ method: "GET", route: "/v1/suppressions/:address", status: 200 }),
    },
  ]);
  expect(JSON.stringify(lines)).not.toContain("@");
});

describe("a body of unknown length", () => {
  test("is read to the end where it stays within the limit", async () => {
    const { app } = setUp();
    const response = await app.request("/v1/imports", streamed(3).init);
    expect(await response.json()).toEqual({ sizeBytes: 3 * megabyte });
  });

  test("is cut off, and not read on, where a file is longer than a hundred megabytes", async () => {
    const { app } = setUp();
    const { init, state } = streamed(200);
    const response = await app.request("/v1/imports", init);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "too_large" });
    expect(state.given).toBeLessThan(110);
  });

  test("is cut off at a megabyte everywhere else", async () => {
    const { app } = setUp();
    const { init, state } = streamed(200);
    expect((await app.request("/v1/echo", init)).status).toBe(413);
    expect(state.given).toBeLessThan(6);
  });

  test("arrives whole where it was small", async () => {
    const { app } = setUp();
    const body = new Blob(['{"a":', "1}"]).stream();
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    expect(await (await app.request("/v1/echo", init)).json()).toEqual({ a: 1 });
  });
});

test("a page's own policy is left alone, and other answers get the strictest", async () => {
  const { app } = setUp();
  app.get("/page", (c) => {
    c.header("content-security-policy", "default-src 'self'");
    c.header("cache-control", "max-age=60");
    return c.html("<p>Hello</p>");
  });
  app.get("/plain", (c) => c.html("<p>Hello</p>"));
  const page = await app.request("/page");
  expect(page.headers.get("content-security-policy")).toBe("default-src 'self'");
  expect(page.headers.get("cache-control")).toBe("max-age=60");
  const plain = await app.request("/plain");
  expect(plain.headers.get("content-security-policy")).toBe("frame-ancestors 'none'");
});

test("a body that is too large is an error of its own kind", () => {
  expect(new BodyTooLarge(5)).toMatchObject({ name: "BodyTooLarge", limitBytes: 5 });
});
