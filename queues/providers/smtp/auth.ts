/** SMTP AUTH (RFC 4954) by PLAIN (RFC 4616) or LOGIN. */
import { type Reply, replyText } from "./reply.ts";

export type Credentials = {
  readonly username: string;
  readonly password: string;
  readonly mechanisms: ReadonlySet<string>;
};
export type AuthRefusal = { readonly reason: string; readonly final: boolean };

/** Undefined when the server is satisfied. */
export async function authenticate(
  credentials: Credentials,
  command: (line: string) => Promise<Reply>,
): Promise<AuthRefusal | undefined> {
  const { username, password, mechanisms } = credentials;
  if (mechanisms.has("PLAIN"))
    return verdict(await command(`AUTH PLAIN ${base64(`\0${username}\0${password}`)}`));
  if (!mechanisms.has("LOGIN"))
    return { reason: "the server offers neither AUTH PLAIN nor AUTH LOGIN", final: true };
  let reply = await command("AUTH LOGIN");
  if (reply.code === 334) reply = await command(base64(username));
  if (reply.code === 334) reply = await command(base64(password));
  return verdict(reply);
}

function verdict(reply: Reply): AuthRefusal | undefined {
  if (reply.code === 235) return undefined;
  // 454 and other 4xx: the server cannot check credentials just now (RFC 4954 §6).
  return { reason: `the login was refused: ${replyText(reply)}`, final: reply.code >= 500 };
}

function base64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
