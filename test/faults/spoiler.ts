/** A line to a far end that fails as lines do: silent, cut or answered by a stranger, before the call was carried out or after. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as open,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { CallFault } from "./plan.ts";

/** How this provider says no. */
export type Words = {
  readonly rateLimited: { readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };
  readonly broken: unknown;
};
type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

export type Spoiler = { readonly baseUrl: string; stop(): Promise<void> };

export async function startSpoiler(options: {
  readonly behind: string;
  readonly words: Words;
  /** What becomes of the next call that sends. */
  readonly next: () => CallFault | undefined;
  readonly note: (fault: CallFault) => void;
}): Promise<Spoiler> {
  const { behind, words, next, note } = options;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    const fault = request.method === "POST" ? next() : undefined;
    if (fault) note(fault);
    const say = (status: number, content: unknown, headers: Readonly<Record<string, string>> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(content));
    };
    if (fault === "rate_limited") return say(429, words.rateLimited.body, words.rateLimited.headers);
    if (fault === "error_before") return say(503, words.broken);
    if (fault === "cut_before") return void response.destroy();
    // Nobody answers: the caller's patience ends it.
    if (fault === "hang_before") return;
    const answer = await forward(behind, request, body);
    if (fault === "error_after") return say(502, words.broken);
    if (fault === "cut_after") return void response.destroy();
    if (fault === "hang_after") return;
    const {
      connection: _connection,
      "keep-alive": _keepAlive,
      "transfer-encoding": _transfer,
      ...kept
    } = answer.headers;
    response.writeHead(answer.status, { ...kept, "content-length": String(answer.body.length) });
    response.end(answer.body);
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** With the caller's own headers, Host among them: some providers' signatures cover it. */
function forward(behind: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { "transfer-encoding": _transfer, ...headers } = request.headers;
    const onward = open(
      `${behind}${request.url ?? "/"}`,
      { method: request.method, headers: { ...headers, "content-length": String(body.length) } },
      (answer) => {
        bytesOf(answer).then((bytes) => {
          resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes });
        }, reject);
      },
    );
    onward.on("error", reject);
    onward.end(body);
  });
}
