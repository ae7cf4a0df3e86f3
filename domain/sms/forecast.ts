/** What a campaign of text messages will take and cost, from what it takes for a sample of its people. */
import { estimateCost, type Price } from "./price.ts";
import type { Encoding } from "./segments.ts";

export type Forecast = {
  readonly encoding: Encoding;
  /** Of the longest message. */
  readonly segments_per_person: number;
  /** Of all messages together: by the mean of the sample, and if everybody's were the longest. */
  readonly segments_expected: number;
  readonly segments_at_most: number;
  /** Decimal numbers, as `12.60`; null where no price is known. */
  readonly cost_expected: string | null;
  readonly cost_at_most: string | null;
  /** ISO 4217. */
  readonly currency: string | null;
};

export function forecast(
  sizes: { readonly encoding: Encoding; readonly worst: number; readonly mean: number },
  recipients: number,
  price: Price | undefined,
): Forecast {
  const expected = Math.ceil(sizes.mean * recipients);
  const atMost = sizes.worst * recipients;
  return {
    encoding: sizes.encoding,
    segments_per_person: sizes.worst,
    segments_expected: expected,
    segments_at_most: atMost,
    cost_expected: (price && estimateCost(expected, price)?.amount) ?? null,
    cost_at_most: (price && estimateCost(atMost, price)?.amount) ?? null,
    currency: price && price.price_per_segment > 0 ? price.currency : null,
  };
}

/** The dearest of the connections, in the currency of the first that has a price: a run may go out by any of them. */
export function priceOf(
  connections: readonly { readonly settings: Readonly<Record<string, unknown>> }[],
): Price | undefined {
  const prices = connections.flatMap(({ settings: { price_per_segment: price, currency } }) =>
    typeof price === "number" && price > 0 && typeof currency === "string"
      ? [{ price_per_segment: price, currency }]
      : [],
  );
  const [first] = prices;
  const comparable = prices.filter((one) => one.currency === first?.currency);
  return comparable.reduce<Price | undefined>(
    (most, one) => (most && most.price_per_segment >= one.price_per_segment ? most : one),
    undefined,
  );
}
