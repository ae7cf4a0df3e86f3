/** The state of a list lives in the address: filters, searches, what is open. */
import { goto } from "$app/navigation";

/** Writes these into the query, drops what is null, and begins again on the first page. */
export function narrow(changes: Record<string, string | null | undefined>): Promise<void> {
  const url = new URL(location.href);
  url.searchParams.delete("cursor");
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return goto(url, { replace: true, reset: false });
}
