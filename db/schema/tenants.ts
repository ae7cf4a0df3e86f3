/** Tenants, the people who work in them, and the credentials they use. */
import { index, json, mysqlTable, primaryKey, uniqueIndex, varchar } from "drizzle-orm/mysql-core";
import type { SendPolicy } from "#domain/sending/policy";
import type { OptOutWords } from "#domain/sms/opt-out";
import type { Role } from "#domain/tenant/role";
import { blob, createdAt, id, moment, tenantId, updatedAt } from "../columns.ts";

/** Not tenant-owned: this is the list of tenants itself, reached by id only. */
export const tenants = mysqlTable("tenants", {
  id: id("ten").primaryKey(),
  name: varchar("name", { length: 120 }).notNull(),
  /** The tenant's own data key, wrapped by the deployment's key: seals credentials, signs recipient links. */
  wrappedKey: blob("wrapped_key", "varbinary(96)").notNull(),
  timeZone: varchar("time_zone", { length: 64 }).notNull(),
  /** Printed in the footer of marketing mail (CAN-SPAM §5(a)(5)). */
  postalAddress: varchar("postal_address", { length: 500 }).notNull().default(""),
  fromName: varchar("from_name", { length: 120 }).notNull().default(""),
  fromEmail: varchar("from_email", { length: 254 }).notNull().default(""),
  replyTo: varchar("reply_to", { length: 254 }).notNull().default(""),
  /** Frequency caps and quiet hours; null: none. */
  policy: json("policy").$type<SendPolicy | null>(),
  /** How marketing by text message says how to leave; null: in the words of domain/sms/opt-out.ts. */
  smsOptOut: json("sms_opt_out").$type<OptOutWords | null>(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

export const users = mysqlTable(
  "users",
  {
    id: id("usr").primaryKey(),
    email: varchar("email", { length: 254 }).notNull(),
    name: varchar("name", { length: 120 }).notNull(),
    /** scrypt, PHC string format. */
    passwordHash: varchar("password_hash", { length: 255 }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex("users_email").on(t.email)],
);

export const sessions = mysqlTable(
  "sessions",
  {
    /** SHA-256 of the session id, in hex: a stolen table opens no session. */
    id: varchar("id", { length: 64 }).primaryKey(),
    userId: id("usr", "user_id").notNull(),
    expiresAt: moment("expires_at").notNull(),
    createdAt: createdAt(),
  },
  (t) => [index("sessions_user").on(t.userId), index("sessions_expiry").on(t.expiresAt)],
);

export const memberships = mysqlTable(
  "memberships",
  {
    tenantId: tenantId(),
    userId: id("usr", "user_id").notNull(),
    role: varchar("role", { length: 12 }).$type<Role>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.userId] }), index("memberships_user").on(t.userId)],
);

export const invitations = mysqlTable(
  "invitations",
  {
    tenantId: tenantId(),
    id: id("inv").notNull(),
    email: varchar("email", { length: 254 }).notNull(),
    role: varchar("role", { length: 12 }).$type<Role>().notNull(),
    tokenHash: blob("token_hash", "binary(32)").notNull(),
    invitedBy: id("usr", "invited_by").notNull(),
    createdAt: createdAt(),
    expiresAt: moment("expires_at").notNull(),
    acceptedAt: moment("accepted_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex("invitations_token").on(t.tokenHash),
    uniqueIndex("invitations_email").on(t.tenantId, t.email),
  ],
);

export const apiKeys = mysqlTable(
  "api_keys",
  {
    tenantId: tenantId(),
    id: id("key").notNull(),
    name: varchar("name", { length: 120 }).notNull(),
    /** The first characters, shown in lists so that people can tell their keys apart. */
    hint: varchar("hint", { length: 24 }).notNull(),
    keyHash: blob("key_hash", "binary(32)").notNull(),
    createdBy: id("usr", "created_by").notNull(),
    createdAt: createdAt(),
    lastUsedAt: moment("last_used_at"),
    revokedAt: moment("revoked_at"),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), uniqueIndex("api_keys_hash").on(t.keyHash)],
);

/** Append-only: every write leaves one row. */
export const auditLog = mysqlTable(
  "audit_log",
  {
    tenantId: tenantId(),
    id: id("aud").notNull(),
    /** `usr_…`, `key_…` or `system`. */
    actor: varchar("actor", { length: 40 }).notNull(),
    actorName: varchar("actor_name", { length: 254 }).notNull(),
    /** noun.verb, as `campaign.send`. */
    action: varchar("action", { length: 60 }).notNull(),
    subject: varchar("subject", { length: 80 }).notNull(),
    ip: varchar("ip", { length: 45 }).notNull(),
    before: json("before").$type<Record<string, unknown> | null>(),
    after: json("after").$type<Record<string, unknown> | null>(),
    at: moment("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("audit_log_subject").on(t.tenantId, t.subject, t.id),
  ],
);
