/** The programs and addresses behind opens and clicks. */
import type { Chance } from "./chance.ts";

/** Set aside for tests of network devices (RFC 2544): no living person's address ends in the demo. */
export function testAddress(chance: Chance): string {
  return `198.${chance.between(18, 19)}.${chance.between(0, 255)}.${chance.between(1, 254)}`;
}

const programs: readonly (readonly [string, number])[] = [
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    38,
  ],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    24,
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    18,
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    13,
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Thunderbird/140.4.0", 4],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", 3],
];

export const emailProgram = (chance: Chance): string => chance.weighted(programs);

/** Apple's Mail Privacy Protection fetches every picture under this name, from addresses of Apple's. */
export const privacyProxy = (chance: Chance) => ({
  userAgent: "Mozilla/5.0",
  ip: `17.58.${chance.between(0, 255)}.${chance.between(1, 254)}`,
});

/** A gateway that follows links before the mail is shown. */
export const linkScanner = (chance: Chance) => ({
  userAgent:
    "Mozilla/5.0 (compatible; Barracuda Sentinel (EE)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36",
  ip: testAddress(chance),
});
