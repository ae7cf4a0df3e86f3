/** A recipient's browser at one address, over kept connections. */
import { type Agent, request } from "node:http";

/** What it says decides how it is judged, not how fast it is served. */
const headers = { "user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Safari/605.1.15" };

/** The status of the answer; redirects are not followed. */
export function visit(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    })
      .on("error", reject)
      .end();
  });
}
