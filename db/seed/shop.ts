/** The demo shop: what it knows of its customers and how it sorts them. */
import type { FieldDefinition } from "#domain/contact/fields";
import type { ListId, SegmentId, TagId } from "#domain/ids";
import type { SegmentRule } from "#domain/segment/schema";
import type { Chance } from "./chance.ts";

export const shop = {
  name: "Fernweh Coffee Roasters",
  timeZone: "Europe/Dublin",
  postalAddress: "Fernweh Coffee Roasters Ltd\n14 Cooper's Yard, Smithfield\nDublin 7, Ireland",
  fromName: "Fernweh Coffee",
  fromEmail: "hello@fernweh.example",
  replyTo: "roastery@fernweh.example",
} as const;

export const roasts = [
  "Espresso Fernweh",
  "Filter Smithfield",
  "Ethiopia Guji",
  "Colombia Huila",
  "Decaf Night Train",
] as const;
export const brewers = ["espresso machine", "V60", "French press", "AeroPress", "moka pot", "cezve"] as const;

export const fieldDefinitions: readonly FieldDefinition[] = [
  { key: "favourite_roast", label: "Favourite roast", type: "text" },
  { key: "brew_method", label: "Brews with", type: "text" },
  { key: "orders", label: "Orders", type: "number" },
  { key: "lifetime_value", label: "Lifetime value (EUR)", type: "number" },
  { key: "last_order_on", label: "Last order", type: "date" },
  { key: "loyalty_member", label: "Loyalty member", type: "boolean" },
];

const tagNames = {
  vip: "VIP",
  wholesale: "Wholesale",
  workshop: "Workshop guest",
  gifts: "Gift buyer",
  festival: "Coffee festival",
} as const;
const listNames = {
  newsletter: "Newsletter",
  subscription: "Coffee subscription",
  visitors: "Smithfield visitors",
  wholesale: "Wholesale partners",
} as const;

export type TagKey = keyof typeof tagNames;
export type ListKey = keyof typeof listNames;
export type Named<I> = { readonly id: I; readonly name: string; readonly createdAt: Date };
export type Sorting = {
  readonly tags: Readonly<Record<TagKey, Named<TagId>>>;
  readonly lists: Readonly<Record<ListKey, Named<ListId>>>;
};

export function sortingOf(chance: Chance, at: Date): Sorting {
  return {
    tags: mapped(tagNames, (name) => ({ id: chance.id("tag", at), name, createdAt: at })),
    lists: mapped(listNames, (name) => ({ id: chance.id("lst", at), name, createdAt: at })),
  };
}

function mapped<K extends string, V>(
  names: Readonly<Record<K, string>>,
  make: (name: string) => V,
): Record<K, V> {
  const entries = Object.entries<string>(names).map(([key, name]) => [key, make(name)]);
  return Object.fromEntries(entries) as Record<K, V>;
}

export const segmentKeys = ["espresso", "dach", "neighbours", "loyal", "lapsed", "engaged"] as const;
export type SegmentKey = (typeof segmentKeys)[number];
export type Segment = Named<SegmentId> & { readonly rule: SegmentRule };

export function segmentsOf(
  chance: Chance,
  sorting: Sorting,
  at: Date,
): Readonly<Record<SegmentKey, Segment>> {
  const segment = (name: string, rule: SegmentRule): Segment => ({
    id: chance.id("seg", at),
    name,
    createdAt: at,
    rule,
  });
  const anyOf = (...countries: string[]): SegmentRule => ({
    kind: "any",
    of: countries.map((country) => ({ kind: "text", field: "country", op: "is", value: country })),
  });
  return {
    espresso: segment("Espresso drinkers", {
      kind: "any",
      of: [
        { kind: "text", field: "fields.favourite_roast", op: "starts_with", value: "Espresso" },
        { kind: "text", field: "fields.brew_method", op: "is", value: "espresso machine" },
      ],
    }),
    dach: segment("Germany, Austria and Switzerland", anyOf("DE", "AT", "CH")),
    neighbours: segment("Ireland and Britain", anyOf("IE", "GB")),
    loyal: segment("Loyal regulars", {
      kind: "all",
      of: [
        { kind: "boolean", field: "fields.loyalty_member", value: true },
        { kind: "number", field: "fields.orders", op: "gte", value: 8 },
      ],
    }),
    lapsed: segment("Lapsed: no order in half a year", {
      kind: "all",
      of: [
        { kind: "number", field: "fields.orders", op: "gte", value: 1 },
        { kind: "none", of: [{ kind: "within", field: "fields.last_order_on", days: 182 }] },
        { kind: "list", list: sorting.lists.wholesale.id, in: false },
      ],
    }),
    engaged: segment("Opened or clicked in 60 days", {
      kind: "any",
      of: [
        { kind: "engagement", event: "opened", did: true, days: 60 },
        { kind: "engagement", event: "clicked", did: true, days: 60 },
      ],
    }),
  };
}
