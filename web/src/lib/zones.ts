/** IANA time zones, as choices. */
import type { Option } from "#lib/ui/option.ts";

export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

export const zoneOptions: readonly Option[] = [
  "UTC",
  ...Intl.supportedValuesOf("timeZone").filter((z) => z !== "UTC"),
].map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }));
