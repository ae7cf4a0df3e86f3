/** Addresses that are never written to. */
import { and, asc, eq, gt, like, or, sql } from "drizzle-orm";
import type { Channel, SuppressionReason } from "#domain/contact/consent";
import { suppressions } from "../schema/contacts.ts";
import type { TenantDb } from "../scope.ts";

export type Suppression = {
  readonly channel: Channel;
  /** Normal form: an e-mail address or E.164. */
  readonly address: string;
  readonly reason: SuppressionReason;
  readonly detail: string;
  readonly createdAt: Date;
};
export type SuppressedAddress = Pick<Suppression, "channel" | "address">;

const shown = {
  channel: suppressions.channel,
  address: suppressions.address,
  reason: suppressions.reason,
  detail: suppressions.detail,
  createdAt: suppressions.createdAt,
};
const at = ({ channel, address }: SuppressedAddress) =>
  and(eq(suppressions.channel, channel), eq(suppressions.address, address));

/** In the order of the key: channel, then address. */
export async function listSuppressions(
  scope: TenantDb,
  page: {
    readonly limit: number;
    readonly after?: SuppressedAddress | undefined;
    readonly search?: string | undefined;
  },
): Promise<Suppression[]> {
  const { after, search } = page;
  const where = and(
    after &&
      or(
        gt(suppressions.channel, after.channel),
        and(eq(suppressions.channel, after.channel), gt(suppressions.address, after.address)),
      ),
    search ? like(suppressions.address, `%${search.replace(/[\\%_]/g, "\\$&")}%`) : undefined,
  );
  return scope
    .pick(shown, suppressions, where)
    .orderBy(asc(suppressions.channel), asc(suppressions.address))
    .limit(page.limit);
}

export async function findSuppression(
  scope: TenantDb,
  address: SuppressedAddress,
): Promise<Suppression | undefined> {
  const [row] = await scope.pick(shown, suppressions, at(address));
  return row;
}

/** Whether the address was not suppressed before; the first reason stands. */
export async function suppress(scope: TenantDb, suppression: Suppression): Promise<boolean> {
  const { rowsAffected } = await scope.insertMissing(suppressions, suppression);
  return rowsAffected > 0;
}

export async function liftSuppression(scope: TenantDb, address: SuppressedAddress): Promise<boolean> {
  const { rowsAffected } = await scope.delete(suppressions, at(address) ?? sql`false`);
  return rowsAffected > 0;
}
