/** Estimates are exact: no fraction of a cent is lost or invented. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateCost } from "#domain/sms/price";

test("a price with fractions of a cent is multiplied exactly", () => {
  expect(estimateCost(1_000_000, { price_per_segment: 0.0079, currency: "USD" })?.amount).toBe("7900.00");
  expect(estimateCost(3, { price_per_segment: 0.0079, currency: "USD" })?.amount).toBe("0.0237");
  // In binary fractions 0.1 * 3 is 0.30000000000000004.
  expect(estimateCost(3, { price_per_segment: 0.1, currency: "EUR" })?.amount).toBe("0.30");
});

test("currencies keep the decimals they have", () => {
  expect(estimateCost(2, { price_per_segment: 7, currency: "JPY" })?.amount).toBe("14");
  expect(estimateCost(2, { price_per_segment: 0.02, currency: "KWD" })?.amount).toBe("0.040");
});

test("without a price there is no estimate, rather than one of nothing", () => {
  expect(estimateCost(10, { price_per_segment: 0, currency: "EUR" })).toBeUndefined();
});

test("what a thousand cost together is a thousand times what one costs", () => {
  const millionths = fc.integer({ min: 1, max: 100_000_000 });
  fc.assert(
    fc.property(millionths, fc.integer({ min: 1, max: 10_000_000 }), (price, count) => {
      const estimate = estimateCost(count, { price_per_segment: price / 1e6, currency: "EUR" });
      const [whole = "", fraction = ""] = (estimate?.amount ?? "").split(".");
      expect(BigInt(whole + fraction.padEnd(6, "0"))).toBe(BigInt(price) * BigInt(count));
    }),
  );
});
