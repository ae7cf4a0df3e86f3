/** The people of a fault run, as a file: who was asked for, and how each of them behaves, before any of it was processed. */
import type { ApiClient } from "#test/support/client";
import { until } from "#test/support/client";

/** The word in an address says what its owner, or the owner's mailbox, does. The sandbox knows the same words. */
export const behaviours = [
  "ignore",
  "reads",
  "click",
  "bounce",
  "complain",
  "unsubscribe",
  "refuse",
  "defer",
] as const;
export type Behaviour = (typeof behaviours)[number];

/** By the last two digits of a person's number; the few who defer are few because each of them takes half a minute. */
function behaviourAt(i: number): Behaviour {
  const place = i % 100;
  if (place < 80) return "ignore";
  if (place < 90) return "reads";
  if (place < 94) return "click";
  if (place < 96) return "bounce";
  if (place === 96) return "complain";
  if (place === 97) return "unsubscribe";
  if (place === 98) return "refuse";
  return i % 1_000 === 599 ? "defer" : "ignore";
}

/** One in five has a number as well: a text is a call, and calls are what takes the time of a run. */
const hasPhone = (i: number) => i % 5 === 3 || behaviourAt(i) === "bounce";

/** Nobody can have mail at a domain that is reserved (RFC 2606 §3): providers refuse it to our face. */
const domainOf = (behaviour: Behaviour) => (behaviour === "refuse" ? "example.com" : "people.example");

/** By mail address or phone number. */
export function behaviourOf(address: string): Behaviour {
  const [, digits] = /^\+35385(\d{7})$/.exec(address) ?? [];
  if (digits !== undefined) return behaviourAt(Number(digits));
  const word = /^person\d+\.([a-z]+)@/.exec(address)?.[1];
  const known = behaviours.find((behaviour) => behaviour === word);
  if (!known) throw new Error("an address that is not of this audience");
  return known;
}

export type AudienceFile = {
  readonly csv: string;
  readonly addresses: readonly string[];
  /** In E.164, of those who have one. */
  readonly phones: readonly string[];
};

export function audienceFile(recipients: number): AudienceFile {
  const addresses = Array.from({ length: recipients }, (_, i) => {
    const behaviour = behaviourAt(i);
    return `person${i}.${behaviour}@${domainOf(behaviour)}`;
  });
  const phones = addresses.map((_, i) => (hasPhone(i) ? `+35385${String(i).padStart(7, "0")}` : ""));
  const rows = addresses.map((address, i) => `${address},${phones[i]},Person${i},Number${i}`);
  const csv = `email,phone,first_name,last_name\n${rows.join("\n")}\n`;
  return { csv, addresses, phones: phones.filter((phone) => phone !== "") };
}

type Import = {
  id: string;
  state: string;
  preview: { mapping: string[] };
  rows_created: number;
  failure: string;
};

export async function importFile(client: ApiClient, file: AudienceFile): Promise<void> {
  const response = await client.send("POST", "/v1/imports?file_name=people.csv", file.csv, {
    "content-type": "text/csv",
  });
  if (response.status !== 201) throw new Error(`upload: ${response.status} ${await response.text()}`);
  const uploaded = (await response.json()) as Import;
  await client.call("POST", `/v1/imports/${uploaded.id}/start`, {
    mapping: uploaded.preview.mapping,
    email_consent: "subscribed",
    consent_wording: "I would like to receive news by e-mail.",
  });
  const done = await until(
    "the import to end",
    async () => {
      const now = await client.call<Import>("GET", `/v1/imports/${uploaded.id}`);
      return now.state === "running" ? undefined : now;
    },
    600_000,
  );
  if (done.state !== "completed" || done.rows_created !== file.addresses.length)
    throw new Error(`the import ended as ${done.state} with ${done.rows_created} people: ${done.failure}`);
}
