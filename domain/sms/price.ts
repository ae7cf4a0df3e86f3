/** What text messages will cost, reckoned in whole numbers: a fraction of a cent times a million recipients is money. */

/** Prices a segment are kept to six decimals, as providers list them (0.0079). */
const decimals = 6;
const scale = 10 ** decimals;

export type Estimate = {
  readonly segments: number;
  /** A decimal number, exact: `1234.50`. Never fewer decimals than the currency has. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
};
export type Price = {
  /** Of one segment, in the currency's main unit. */
  readonly price_per_segment: number;
  readonly currency: string;
};

/** `segments` of all recipients together: their texts may differ in length. Undefined where no price is known. */
export function estimateCost(segments: number, price: Price): Estimate | undefined {
  if (price.price_per_segment <= 0) return undefined;
  const millionths = BigInt(Math.round(price.price_per_segment * scale)) * BigInt(segments);
  return { segments, amount: decimalText(millionths, minorDigits(price.currency)), currency: price.currency };
}

function decimalText(millionths: bigint, leastDecimals: number): string {
  const digits = millionths.toString().padStart(decimals + 1, "0");
  const fraction = digits.slice(-decimals).replace(/0+$/, "").padEnd(leastDecimals, "0");
  return fraction === "" ? digits.slice(0, -decimals) : `${digits.slice(0, -decimals)}.${fraction}`;
}

/** Digits after the point in this currency (JPY has none); 2 for one Intl does not know. */
function minorDigits(currency: string): number {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.resolvedOptions().minimumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}
