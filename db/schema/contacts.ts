/** People, what they agreed to, and who must not be written to. */
import { sql } from "drizzle-orm";
import { index, json, mysqlTable, primaryKey, uniqueIndex, varchar } from "drizzle-orm/mysql-core";
import type { Channel, ConsentStatus, SuppressionReason } from "#domain/contact/consent";
import type { FieldType, FieldValue } from "#domain/contact/fields";
import { createdAt, id, moment, tenantId, updatedAt } from "../columns.ts";

export const contacts = mysqlTable(
  "contacts",
  {
    tenantId: tenantId(),
    id: id("ctc").notNull(),
    /** Normal form (domain/contact/address.ts); null for people known by phone only. */
    email: varchar("email", { length: 254 }),
    /** E.164. */
    phone: varchar("phone", { length: 16 }),
    firstName: varchar("first_name", { length: 100 }).notNull().default(""),
    lastName: varchar("last_name", { length: 100 }).notNull().default(""),
    /** BCP 47. */
    locale: varchar("locale", { length: 35 }).notNull().default(""),
    /** IANA. */
    timeZone: varchar("time_zone", { length: 64 }).notNull().default(""),
    country: varchar("country", { length: 2 }).notNull().default(""),
    fields: json("fields").$type<Record<string, FieldValue>>().notNull().default(sql`(json_object())`),
    /** Where consent stands now; how it came to stand there is in `consents`. */
    emailConsent: varchar("email_consent", { length: 12 }).$type<ConsentStatus>().notNull().default("none"),
    smsConsent: varchar("sms_consent", { length: 12 }).$type<ConsentStatus>().notNull().default("none"),
    /** How the person came to be here: `import`, `api`, `dashboard`, `form`. */
    source: varchar("source", { length: 20 }).notNull(),
    /** The import that met this person last: a second row of the same file is a repetition, whenever it comes. */
    importId: id("imp", "import_id"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex("contacts_email").on(t.tenantId, t.email),
    index("contacts_phone").on(t.tenantId, t.phone),
    index("contacts_first_name").on(t.tenantId, t.firstName),
    index("contacts_last_name").on(t.tenantId, t.lastName),
  ],
);

/** Custom fields, declared per tenant; their values live typed in `contacts.fields`. */
export const fields = mysqlTable(
  "fields",
  {
    tenantId: tenantId(),
    key: varchar("key", { length: 40 }).notNull(),
    label: varchar("label", { length: 80 }).notNull(),
    type: varchar("type", { length: 10 }).$type<FieldType>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.key] })],
);

/** Append-only proof: each change of consent with its time, source, address and the wording shown. */
export const consents = mysqlTable(
  "consents",
  {
    tenantId: tenantId(),
    id: id("con").notNull(),
    contactId: id("ctc", "contact_id").notNull(),
    channel: varchar("channel", { length: 5 }).$type<Channel>().notNull(),
    status: varchar("status", { length: 12 }).$type<ConsentStatus>().notNull(),
    source: varchar("source", { length: 40 }).notNull(),
    ip: varchar("ip", { length: 45 }).notNull().default(""),
    userAgent: varchar("user_agent", { length: 300 }).notNull().default(""),
    wording: varchar("wording", { length: 1000 }).notNull().default(""),
    at: moment("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("consents_contact").on(t.tenantId, t.contactId, t.id),
  ],
);

/** Addresses, not contacts: they outlive the contact, and an import cannot bring them back. */
export const suppressions = mysqlTable(
  "suppressions",
  {
    tenantId: tenantId(),
    channel: varchar("channel", { length: 5 }).$type<Channel>().notNull(),
    address: varchar("address", { length: 254 }).notNull(),
    reason: varchar("reason", { length: 12 }).$type<SuppressionReason>().notNull(),
    detail: varchar("detail", { length: 500 }).notNull().default(""),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.channel, t.address] })],
);
