/** A new connection as a form: one flat set of values, whichever the kind. */
import type { ProviderKind } from "#domain/sending/provider";
import type { paths } from "#lib/api/schema.d.ts";

export type ConnectionValues = {
  kind: ProviderKind;
  name: string;
  settings: {
    host: string;
    port: string;
    security: "none" | "starttls" | "tls";
    username: string;
    base_url: string;
    idempotency: boolean;
    evidence: boolean;
  };
  password: string;
  api_key: string;
  webhook_secret: string;
};
type Body = paths["/v1/connections"]["post"]["requestBody"]["content"]["application/json"];

export function emptyConnection(kind: ProviderKind): ConnectionValues {
  return {
    kind,
    name: "",
    settings: {
      host: "",
      port: "587",
      security: "starttls",
      username: "",
      base_url: "https://api.resend.com",
      idempotency: true,
      evidence: true,
    },
    password: "",
    api_key: "",
    webhook_secret: "",
  };
}

export function connectionProblems(values: ConnectionValues): { path: string[]; message: string }[] {
  const { kind, settings } = values;
  const problems: { path: string[]; message: string }[] = [];
  const port = Number(settings.port);
  if (kind === "smtp" && !settings.host)
    problems.push({ path: ["settings", "host"], message: "Enter the name of the server" });
  if (kind === "smtp" && !(Number.isInteger(port) && port >= 1 && port <= 65_535))
    problems.push({ path: ["settings", "port"], message: "A port is a number from 1 to 65535" });
  if (kind === "resend" && !values.api_key)
    problems.push({ path: ["api_key"], message: "Enter the API key" });
  if (kind === "resend" && !URL.canParse(settings.base_url))
    problems.push({
      path: ["settings", "base_url"],
      message: "An address looks like https://api.resend.com",
    });
  return problems;
}

export function connectionBody({ kind, name, settings, ...secrets }: ConnectionValues): Body {
  if (kind === "sandbox")
    return { kind, name, settings: { idempotency: settings.idempotency, evidence: settings.evidence } };
  if (kind === "smtp") {
    const { host, port, security, username } = settings;
    return {
      kind,
      name,
      settings: { host, port: Number(port), security, username },
      password: secrets.password,
    };
  }
  const { api_key, webhook_secret } = secrets;
  return { kind, name, settings: { base_url: settings.base_url }, api_key, webhook_secret };
}
