/** The people of a fault run, as a file: what was asked for, before any of it was processed. */
import type { ApiClient } from "#test/support/client";
import { until } from "#test/support/client";

export type AudienceFile = { readonly csv: string; readonly addresses: readonly string[] };

export function audienceFile(recipients: number): AudienceFile {
  const addresses = Array.from({ length: recipients }, (_, i) => `person${i}.reads@people.example`);
  const rows = addresses.map((address, i) => `${address},Person${i},Number${i}`);
  return { csv: `email,first_name,last_name\n${rows.join("\n")}\n`, addresses };
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
