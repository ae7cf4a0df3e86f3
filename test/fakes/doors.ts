/** Small HTTP servers for tests: a door before Resend's fake, and a place for its reports. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ResendFake } from "./resend.ts";

/** The fake behind a door that lets nothing but strict batches through. */
export function strictOnly(behind: ResendFake, options: { rateLimitFrom?: number } = {}) {
  let count = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    count++;
    if (options.rateLimitFrom !== undefined && count >= options.rateLimitFrom) {
      response.writeHead(429, { "retry-after": "2" });
      return response.end(
        JSON.stringify({ statusCode: 429, name: "rate_limit_exceeded", message: "slow down" }),
      );
    }
    const headers = new Headers(request.headers as Record<string, string>);
    headers.set("x-batch-validation", "strict");
    for (const name of ["connection", "content-length", "host", "transfer-encoding"]) headers.delete(name);
    const answer = await fetch(`${behind.baseUrl}${request.url}`, {
      method: "POST",
      headers,
      body: Buffer.concat(chunks),
    });
    response.writeHead(answer.status, { "content-type": "application/json" });
    return response.end(await answer.text());
  });
  return {
    async listen() {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Notes what is posted. */
export async function listenForPosts(posts: { headers: Record<string, string>; body: string }[]) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    posts.push({
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
