/** Asking a provider over HTTP: what is no answer, and what is too much of one. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { callHttp } from "#queues/providers/http";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("an answer comes whole, characters that were cut by the wire among it", async () => {
  const words = "Grüße — 名前 ".repeat(20_000);
  const url = await serve((_request, response) => {
    const bytes = Buffer.from(words);
    response.write(bytes.subarray(0, 3));
    response.end(bytes.subarray(3));
  });
  expect(await callHttp(url, {}, 5_000)).toMatchObject({ kind: "answered", status: 200, text: words });
});

test("an answer without a body is an empty one", async () => {
  const url = await serve((_request, response) => void response.writeHead(204).end());
  expect(await callHttp(url, {}, 5_000)).toMatchObject({ kind: "answered", status: 204, text: "" });
});

test("an answer that has no end is lost, and no more of it is taken", async () => {
  let closed: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (closed = resolve));
  let sentBytes = 0;
  const url = await serve((_request, response) => {
    response.on("close", closed);
    const more = () => {
      while (!response.destroyed) {
        sentBytes += 100_000;
        if (!response.write(Buffer.alloc(100_000, "x"))) return void response.once("drain", more);
      }
    };
    more();
  });
  expect(await callHttp(url, {}, 20_000)).toEqual({
    kind: "lost",
    reason: "the answer is too long to be one",
  });
  await gone;
  expect(sentBytes).toBeLessThan(20_000_000);
});

test("a redirect is an answer, and is not followed", async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked++;
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  expect(await callHttp(url, { method: "POST", body: "x" }, 5_000)).toMatchObject({ status: 307 });
  expect(asked).toBe(1);
});
