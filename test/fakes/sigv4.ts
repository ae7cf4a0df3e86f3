/** AWS Signature Version 4, checked from the bytes that arrived (docs: create-signed-request), written apart from any client. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Request } from "./far-end-faults.ts";

const hash = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");
const mac = (key: Buffer | string, data: string) => createHmac("sha256", key).update(data).digest();

export type SigProblem =
  | "MissingAuthenticationTokenException"
  | "UnrecognizedClientException"
  | "InvalidSignatureException";

const credential =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;
const maxSkewMs = 15 * 60_000;

/** Undefined: the request is genuine. `path` without a query. */
export function signatureProblem(
  request: Request,
  options: { readonly keys: ReadonlyMap<string, string>; readonly region: string; readonly nowMs: number },
): SigProblem | undefined {
  const match = credential.exec(String(request.headers.authorization ?? ""));
  if (!match) return "MissingAuthenticationTokenException";
  const [, keyId = "", day = "", region = "", service = "", names = "", signature = ""] = match;
  const secret = options.keys.get(keyId);
  if (secret === undefined) return "UnrecognizedClientException";
  const moment = String(request.headers["x-amz-date"] ?? "");
  const atMs = Date.parse(
    moment.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  const signed = names.split(";");
  const isComplete = signed.includes("host") && signed.includes("x-amz-date");
  if (!isComplete || region !== options.region || service !== "ses" || !moment.startsWith(day))
    return "InvalidSignatureException";
  if (!(Math.abs(options.nowMs - atMs) <= maxSkewMs)) return "InvalidSignatureException";
  const headerLines = signed.map(
    (name) =>
      `${name}:${String(request.headers[name] ?? "")
        .trim()
        .replace(/ +/g, " ")}\n`,
  );
  const canonical = [request.method, request.path, "", headerLines.join(""), names, hash(request.body)].join(
    "\n",
  );
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", moment, scope, hash(canonical)].join("\n");
  const key = [region, service, "aws4_request"].reduce((k, part) => mac(k, part), mac(`AWS4${secret}`, day));
  const expected = createHmac("sha256", key).update(toSign).digest("hex");
  return timingSafeEqual(Buffer.from(expected), Buffer.from(signature))
    ? undefined
    : "InvalidSignatureException";
}
