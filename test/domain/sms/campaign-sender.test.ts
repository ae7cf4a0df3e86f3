/** Who texts are from at each connection, and which way out that leaves. */
import { expect, test } from "vitest";
import { optOutFor, type SmsConnection, senderAt } from "#domain/sms/campaign-sender";
import { defaultOptOut } from "#domain/sms/opt-out";

const at = (kind: SmsConnection["kind"], settings: Record<string, unknown> = {}): SmsConnection => ({
  name: kind,
  kind,
  settings,
});
const number = at("twilio", { from: "+353861234567" });
const name = at("twilio", { from: "SHOP" });

test("a campaign's own sender goes before the connection's", () => {
  expect(senderAt(number, "SHOP")).toMatchObject({ ok: true, shown: "SHOP", sender: { kind: "name" } });
  expect(senderAt(number, "")).toMatchObject({ ok: true, shown: "+353861234567" });
  expect(senderAt(at("twilio", { messaging_service_sid: "MG1" }), "")).toMatchObject({ ok: true });
  expect(senderAt(at("twilio"), "")).toEqual({ ok: false, problem: "empty" });
});

test("each provider's own rules hold: what Sendmode takes may be too long for Twilio", () => {
  expect(senderAt(at("sendmode", { sender_id: "x" }), "TwelveLetter").ok).toBe(true);
  expect(senderAt(number, "TwelveLetter")).toEqual({ ok: false, problem: "too_long" });
});

test("one connection that cannot be answered makes the link the way out for all", () => {
  expect(optOutFor(null, [number], "")).toEqual({ by: "keyword", line: defaultOptOut.keyword });
  expect(optOutFor(null, [number, name], "")).toEqual({ by: "link", line: defaultOptOut.link });
  expect(optOutFor(null, [number], "SHOP").by).toBe("link");
  expect(optOutFor(null, [at("sendmode", { sender_id: "repliable" })], "").by).toBe("keyword");
  const words = { keyword: "STOP zum Abmelden", link: "Abmelden: {link}" };
  expect(optOutFor(words, [name], "").line).toBe("Abmelden: {link}");
});
