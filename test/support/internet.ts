/** Certificates are believed from Amazon's own hosts alone, so a test that plays Amazon stands where those hosts would. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { defaultConfig } from "#worker/local/builds";
import { root } from "#worker/local/command";
import type { StackOptions } from "#worker/local/stack";

const name = "internet";
const file = "test/support/internet-worker.ts";

/** `amazonUrl`: where requests to SNS are led, as `/?url=…`. */
export function throughInternet(amazonUrl: string): Pick<StackOptions, "workerOverrides" | "besides"> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(defaultConfig);
  return {
    workerOverrides: { outboundService: name },
    besides: [
      {
        name,
        compatibilityDate: String(workerOptions.compatibilityDate),
        // Sockets to SMTP servers take the same way.
        compatibilityFlags: ["connect_pass_through"],
        modulesRoot: root,
        modules: [
          {
            type: "ESModule",
            path: join(root, file),
            contents: stripTypeScriptTypes(readFileSync(join(root, file), "utf8")),
          },
        ],
        bindings: { AMAZON_URL: amazonUrl },
      },
    ],
  };
}

/** Answers at `amazonUrl` what Amazon would. */
export async function playAmazon(
  amazonUrl: string,
  answer: (url: string) => Promise<Response>,
): Promise<{ stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const asked = new URL(request.url ?? "/", amazonUrl).searchParams.get("url") ?? "";
    const said = await answer(asked);
    response.writeHead(said.status).end(await said.text());
  });
  const { hostname, port } = new URL(amazonUrl);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(port), hostname, resolve);
  });
  return {
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
