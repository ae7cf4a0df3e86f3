// What the local gateway lets through on tenant tables, and what it refuses as a scatter query.
import { describe, expect, test } from "vitest";
import { tenantGuard } from "#db/local/tenant-guard";
import { vschemaOf } from "#db/local/vschema";

const tenantTables = ["contacts", "events", "messages"];
const guard = tenantGuard(
  vschemaOf([
    ...tenantTables.map((name) => ({ name, columns: ["tenant_id", "id"] })),
    { name: "tenants", columns: ["id"] },
  ]),
);

describe("a statement bound to one tenant passes", () => {
  test.each([
    "select * from contacts where tenant_id = x'00ff'",
    "SELECT `contacts`.`id` FROM `contacts` WHERE (`contacts`.`tenant_id` = x'00' and `contacts`.`id` = 5)",
    "select 1 from `contacts` `c` where ((`c`.`tenant_id` = 'a') and (`c`.`email` = 'x' or `c`.`id` = 3)) limit 5",
    "select 1 from contacts where 'a' = tenant_id and email like 'it''s \\' or 1=1'",
    "select 1 from contacts as c join events e on e.tenant_id = c.tenant_id and e.contact_id = c.id where c.tenant_id = 1",
    "select 1 from contacts c left join events e on e.tenant_id = c.tenant_id where c.tenant_id = 1",
    "select 1 from contacts c left join events e on e.tenant_id = 1 where c.tenant_id = 1",
    "select 1 from contacts c join events e using (tenant_id, id) where c.tenant_id = 1",
    "select 1 from contacts c, events e where c.tenant_id = 1 and e.tenant_id = 1",
    "select (select count(*) from events e where e.tenant_id = c.tenant_id) n from contacts c where c.tenant_id = 1",
    "select 1 from contacts c where c.tenant_id = 1 and exists (select 1 from events e where e.tenant_id = c.tenant_id)",
    "with x as (select id, tenant_id from contacts where tenant_id = 1) select * from x join events e on e.tenant_id = x.tenant_id",
    "select * from (select id from contacts where tenant_id = 1) t where t.id > 4",
    "(select id from contacts where tenant_id = 1) union all (select id from events where tenant_id = 1)",
    "select id from contacts where tenant_id = 1 union select id from events where tenant_id = 1",
    "select id from contacts force index (by_email) where tenant_id = 1 and created_at between 1 and 2 order by id",
    "select 1 from contacts where tenant_id = 1 and left(email, 2) = 'ab' for update skip locked",
    "update contacts set email = 'where' where tenant_id = 1 and id in (1, 2, 3)",
    "update contacts c join events e on e.tenant_id = c.tenant_id set c.n = e.n where c.tenant_id = 1",
    "delete from contacts where tenant_id = 1",
    "delete c from contacts c where c.tenant_id = 1",
    "insert into contacts (tenant_id, id) values (1, 2), (1, 3) on duplicate key update id = values(id)",
    "insert ignore into `contacts` (`tenant_id`, `id`) values (x'00', 2)",
    "insert into events (tenant_id, id) select tenant_id, id from contacts where tenant_id = 1",
    "insert into events (tenant_id, id) select c.tenant_id, c.id from contacts c where c.tenant_id = 1 on duplicate key update id = 3",
    "insert into contacts set tenant_id = 1, id = 2",
    "select 1 from contacts c join json_table('[1]', '$[*]' columns (id int path '$')) j on j.id = c.id where c.tenant_id = 1",
    "select 1 from contacts where tenant_id = _binary 'x' and id = 1",
    "select extract(year from created_at) from contacts where tenant_id = 1",
    "select count(*) from contacts where tenant_id = 1 group by state with rollup having count(*) > 1",
  ])("%s", (sql) => expect(guard(sql)).toBeUndefined());
});

describe("a statement that would touch every tenant is refused", () => {
  test.each([
    "select * from contacts",
    "select * from contacts where id = 1",
    "select * from contacts where tenant_id > 1",
    "select * from contacts where tenant_id in (1, 2)",
    "select * from contacts where tenant_id = tenant_id",
    "select * from contacts where tenant_id = 1 or id = 2",
    "select * from contacts where tenant_id = 1 and id = 2 or id = 3",
    "select * from contacts where not (tenant_id = 1)",
    "select * from contacts where (tenant_id = 1) is false",
    "select * from contacts where if(tenant_id = 1, 0, 1)",
    "select * from contacts where case when id = 1 and tenant_id = 1 then 0 else 1 end",
    "select * from contacts where email = 'tenant_id = 1'",
    "select * from contacts /* where tenant_id = 1 */",
    "select * from contacts -- where tenant_id = 1",
    "select * from tenants join contacts on contacts.tenant_id = tenants.id",
    "select 1 from contacts c join events e on e.contact_id = c.id where c.tenant_id = 1",
    "select 1 from contacts c join events e on e.tenant_id = c.tenant_id",
    "select 1 from contacts c left join events e on c.tenant_id = 1 and e.tenant_id = 1",
    "select 1 from contacts c right join events e on e.tenant_id = 1 and c.tenant_id = 1",
    "select 1 from contacts a join contacts b on a.id = b.id where a.tenant_id = 1",
    "select 1 from contacts c where c.tenant_id = 1 and exists (select 1 from events e where e.contact_id = c.id)",
    "select 1 from contacts c where exists (select 1 from events e where e.tenant_id = 1 and c.tenant_id = 1)",
    "select (select count(*) from events) from contacts where tenant_id = 1",
    "with x as (select id from contacts) select * from x",
    "select id from contacts where tenant_id = 1 union select id from events",
    "update contacts set tenant_id = 1",
    "update contacts set email = 'x' where id = 1",
    "delete from contacts where id = 1",
    "delete from contacts",
    "insert into contacts (id) values (1)",
    "insert into contacts values (1, 2)",
    "insert into contacts set id = 2",
    "insert into events (tenant_id, id) select tenant_id, id from contacts",
    "table contacts",
    "select 1 /*! from contacts */",
  ])("%s", (sql) => expect(guard(sql)).toMatch(/scatter|sharding column|executable comments/));
});

test("tables without tenants, definitions and transactions are no business of the guard", () => {
  for (const sql of [
    "select * from tenants",
    "begin",
    "create table contacts (id int)",
    "select 1",
    "rollback to a",
  ])
    expect(guard(sql)).toBeUndefined();
  expect(guard("select table_name from information_schema.tables")).toBeUndefined();
});

test("the mark lets a statement cross tenants", () => {
  expect(guard("/* cross-tenant */ select * from contacts where state = 'due'")).toBeUndefined();
  expect(guard("select * from contacts /* cross-tenant */")).toMatch(/scatter/);
});

test("the refusal names the table and its alias", () => {
  expect(guard("select * from contacts c")).toContain("`contacts` as `c`");
});

test("a bulk insert costs no more than its head", () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `(1, ${i}, 'text ${i}')`).join(",");
  const sql = `insert into contacts (tenant_id, id, name) values ${rows}`;
  guard(sql);
  const began = performance.now();
  for (let i = 0; i < 1_000; i++) guard(sql);
  // Reading the rows would take about 20 s.
  expect(performance.now() - began).toBeLessThan(1_000);
});

test("text of a megabyte with quotes and backslashes is read as one literal", () => {
  const text = "it''s \\' a \\\\ text \\n ".repeat(50_000);
  expect(guard(`update contacts set body = '${text}' where tenant_id = 1`)).toBeUndefined();
  expect(guard(`update contacts set body = '${text}' where id = 1`)).toMatch(/scatter/);
});
