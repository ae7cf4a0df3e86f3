/** What goes wrong with the next sending request. `after`: it was carried out, only the answer suffers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Fault =
  | { readonly kind: "hang"; readonly when: "before" | "after" }
  | { readonly kind: "cut"; readonly when: "before" | "after" }
  | { readonly kind: "error"; readonly when: "before" | "after"; readonly status: 500 | 502 | 503 }
  | { readonly kind: "rate_limited"; readonly retryAfterSeconds?: number }
  /** Carried out and answered only once `until` is settled. */
  | { readonly kind: "slow"; readonly until: Promise<unknown> };

export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Spoils the request as the fault says, or carries it out. Undefined: there is nobody to answer any more. */
export async function withFault(
  fault: Fault | undefined,
  response: ServerResponse,
  run: () => Promise<Reply>,
  words: { readonly slowDown: unknown; readonly broken: unknown },
): Promise<Reply | undefined> {
  if (!fault) return run();
  if (fault.kind === "rate_limited") {
    const wait = fault.retryAfterSeconds;
    return {
      status: 429,
      body: words.slowDown,
      headers: wait === undefined ? {} : { "retry-after": String(wait) },
    };
  }
  if (fault.kind === "slow") {
    await fault.until;
    return run();
  }
  if (fault.when === "after") await run();
  if (fault.kind === "cut") response.destroy();
  // A hanging request is answered by nobody; the caller's patience or `stop` ends it.
  return fault.kind === "error" ? { status: fault.status, body: words.broken } : undefined;
}

export type Request = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
};

/** An HTTP server on a port of its own, with a list of who asked for what. */
export async function farEndServer(
  answer: (request: Request, response: ServerResponse) => Promise<Reply | undefined>,
) {
  const requests: Omit<Request, "body">[] = [];
  const server = createServer((incoming, response) => {
    const handle = async () => {
      const { pathname: path, searchParams: query } = new URL(incoming.url ?? "/", "http://far.test");
      const { method = "", headers } = incoming;
      requests.push({ method, path, query, headers });
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const reply = await answer({ method, path, query, headers, body }, response);
      if (!reply) return;
      response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
      const isText = reply.headers?.["content-type"] !== undefined && typeof reply.body === "string";
      response.end(isText ? reply.body : JSON.stringify(reply.body));
    };
    handle().catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
