/** A workspace with people, a template and a way out, made ready for a bench straight in the database. */
import { createConnection } from "mysql2/promise";
import { literal, rowsLiteral } from "#db/bulk";
import type { TenantId } from "#domain/ids";
import { idMint } from "#domain/ports";
import { signUp, until } from "#test/support/client";
import type { Stack } from "#worker/local/stack";
import { benchContent, fieldKeys, personOf } from "./people.ts";

export const resendAt = (baseUrl: string) => ({
  kind: "resend",
  settings: { base_url: baseUrl },
  api_key: "re_test_full",
});

/** `connection`: the body of POST /v1/connections, without name and pace. */
export async function openShop(stack: Stack, recipients: number, connection: object) {
  const { client, tenantId } = await signUp(stack.origin, "Bench Shop");
  if (!stack.mysql) throw new Error("the bench reads the stack's own MySQL");
  const { host, port, user, password } = stack.mysql;
  const mysql = await createConnection({ host, port, user, password, database: "larkpost" });
  const tenant = { id: tenantId as TenantId };
  const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
  const now = new Date();
  for (let from = 0; from < recipients; from += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, recipients - from) }, (_, j) => {
      const p = personOf(from + j);
      return [
        tenant,
        { id: newId("ctc") },
        p.email,
        p.firstName,
        p.lastName,
        p.locale,
        p.country,
        { json: p.fields },
        "subscribed",
        "api",
        now,
        now,
      ];
    });
    await mysql.query(
      `insert into contacts (tenant_id, id, email, first_name, last_name, locale, country, fields, email_consent, source, created_at, updated_at) values ${rowsLiteral(rows)}`,
    );
  }
  for (const key of fieldKeys)
    await client.call("POST", "/v1/fields", { key, label: key, type: key === "points" ? "number" : "text" });
  await mysql.query(`update tenants set postal_address = ${literal(benchContent().postalAddress)}`);
  await mysql.query("analyze table contacts");
  const { postalAddress: _address, ...content } = benchContent();
  const template = await client.call<{ id: string }>("POST", "/v1/templates", { name: "Bench", ...content });
  const way = { name: "Far end", rate_per_second: 100_000, ...connection };
  const { id: connectionId } = await client.call<{ id: string }>("POST", "/v1/connections", way);
  return {
    client,
    mysql,
    connectionId,
    /** Rows of events there are. */
    async eventRows(): Promise<number> {
      const sql = `select count(*) as n from message_events where tenant_id = ${literal(tenant)}`;
      const [rows] = await mysql.query(sql);
      return Number((rows as { n: number }[])[0]?.n);
    },
    async timeCampaign(timeoutMs = 600_000) {
      const campaign = await client.call<{ id: string }>("POST", "/v1/campaigns", {
        name: "Bench",
        template_id: template.id,
        connection_id: connectionId,
        from_email: "news@shop.example",
        audience: { everyone: true },
      });
      await client.call("POST", `/v1/campaigns/${campaign.id}/send`);
      await until(
        "the campaign to complete",
        async () =>
          (await client.call<{ state: string }>("GET", `/v1/campaigns/${campaign.id}`)).state === "completed",
        timeoutMs,
        250,
      );
      const [rows] = await mysql.query(
        "select timestampdiff(microsecond, started_at, finished_at) / 1e6 as whole, timestampdiff(microsecond, frozen_at, finished_at) / 1e6 as sending from runs order by id desc limit 1",
      );
      const [times] = rows as { whole: string; sending: string }[];
      return { rate: recipients / Number(times?.whole), sendOnly: recipients / Number(times?.sending) };
    },
  };
}
