/** The two providers of text messages, as their fakes play them; Sendmode in its three generations. */
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { sendmodeAccount, startSendmode } from "#test/fakes/sendmode";
import { startTwilio, twilioAccount } from "#test/fakes/twilio";
import { bodyOf, changed, type Forgery, found, type Post, withBody, without } from "./vendor.ts";

type Tell = (to: string) => unknown;
/** Numbers in E.164 throughout. */
export type TextVendor = {
  readonly kind: "twilio" | "sendmode";
  readonly connection: Readonly<Record<string, unknown>>;
  /** From now on it takes nothing for this number. */
  refuse(number: string): void;
  taken(): readonly { readonly to: string; readonly messageId: string | undefined; readonly text: string }[];
  /** `hard`: where it says that a number is gone for good. */
  readonly tells: { readonly delivered: Tell; readonly soft: Tell; readonly hard?: Tell };
  /** Whether it lets those be written to again who wrote START; otherwise nothing is known of that. */
  readonly letsBackIn: boolean;
  /** Whether each reply has a number of its own; otherwise a STOP told again is one that may be new. */
  readonly numbersReplies: boolean;
  /** Somebody writes to the sender. */
  writes(hook: string, from: string, text: string): unknown;
  /** For those that report to an address that was given to them beforehand. */
  listen(hook: string): void;
  deliver(): Promise<void>;
  forged(genuine: Post): readonly Forgery[];
  stop(): Promise<void>;
};

export async function twilio(): Promise<TextVendor> {
  const fake = await startTwilio();
  const text = (to: string) => found(fake.taken, (one) => one.to === to);
  const sender = "+353861000000";
  return {
    kind: "twilio",
    connection: {
      auth_token: twilioAccount.token,
      settings: { base_url: fake.baseUrl, account_sid: twilioAccount.sid, from: sender },
    },
    refuse: (number) => fake.account.landlines.add(number),
    taken: () => fake.taken.map(({ to, messageId, body }) => ({ to, messageId, text: body })),
    tells: {
      delivered: (to) => fake.hooks.status(text(to), "delivered"),
      soft: (to) => fake.hooks.status(text(to), "undelivered", 30003),
      hard: (to) => fake.hooks.status(text(to), "undelivered", 30005),
    },
    letsBackIn: true,
    numbersReplies: true,
    writes: (hook, from, words) => fake.hooks.incoming(hook, from, sender, words),
    listen: () => {},
    deliver: () => fake.hooks.deliver(),
    forged: (post) => [
      { how: "one byte changed", post: changed(post, "To=%2B3", "To=%2B4") },
      { how: "another message named", post: { ...post, url: post.url.replace(/.$/, "Z") } },
      {
        how: "another token",
        post: withBody(post, bodyOf(post), {
          "x-twilio-signature": getExpectedTwilioSignature("guess", post.url, fieldsOf(post)),
        }),
      },
      { how: "no signature", post: without(post, "x-twilio-signature") },
    ],
    stop: fake.stop,
  };
}

const fieldsOf = (post: Post): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(bodyOf(post)));

export const sendmode = (generation: "engage-3" | "rest-2" | "http") => async (): Promise<TextVendor> => {
  const fake = await startSendmode();
  const phone = (to: string) => `+${to.replace(/^\+/, "")}`;
  const text = (to: string) => found(fake.taken, (one) => phone(one.to) === to);
  const form = generation === "engage-3" ? "json" : "query";
  let address = "";
  const withToken = ({ url, init }: Post, token: string | undefined): Post => {
    const other = new URL(url);
    if (token === undefined) other.searchParams.delete("token");
    else other.searchParams.set("token", token);
    return { url: other.href, init };
  };
  return {
    kind: "sendmode",
    connection: {
      ...(generation === "http" ? { password: sendmodeAccount.password } : { api_key: sendmodeAccount.key }),
      webhook_secret: "s3cret & more",
      settings: { generation, base_url: fake.baseUrl, sender_id: "Acme", username: sendmodeAccount.user },
    },
    refuse: (number) => fake.account.refused.add(number.replace("+", "")),
    taken: () =>
      fake.taken.map(({ to, customerId, text: words }) => ({
        to: phone(to),
        messageId: customerId,
        text: words,
      })),
    tells: {
      delivered: (to) => fake.hooks.status(address, text(to), "DELIVRD", form),
      soft: (to) => fake.hooks.status(address, text(to), "UNDELIV", form),
    },
    letsBackIn: false,
    numbersReplies: false,
    writes: (hook, from, words) => fake.hooks.incoming(hook, from, "50015", words, form),
    listen: (hook) => {
      address = hook;
    },
    deliver: () => fake.hooks.deliver(),
    // Sendmode signs nothing: whoever knows the address is believed.
    forged: (post) => [
      { how: "another word", post: withToken(post, "s3cret & mora") },
      { how: "no word", post: withToken(post, undefined) },
    ],
    stop: fake.stop,
  };
};
