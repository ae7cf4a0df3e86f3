/** An unexpected error as one log field each: enough to find the bug, without what people typed. */
const quoted = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;
const address = /[^\s@<>"',;:]+@[^\s@<>"',;:]+/g;
const maxDepth = 4;

/** Messages of databases and providers quote values (`Duplicate entry 'maria@…'`): the quotations are left out. */
export function withoutValues(text: string): string {
  return text.replace(quoted, "'…'").replace(address, "…@…").slice(0, 1_000);
}

export function errorReport(error: unknown): { readonly error: string; readonly stack: string } {
  const chain: string[] = [];
  let stack = "";
  for (let at: unknown = error; at !== undefined && chain.length < maxDepth; at = causeOf(at)) {
    // drizzle's own message is the statement and all its values; the cause says what was wrong.
    if (isQueryError(at)) chain.push(`query: ${withoutValues(at.query).slice(0, 300)}`);
    else if (at instanceof Error) chain.push(`${at.name}: ${withoutValues(at.message)}`);
    else chain.push(withoutValues(String(at)));
    if (at instanceof Error) stack = framesOf(at);
  }
  return { error: chain.join(" <- "), stack };
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function isQueryError(error: unknown): error is Error & { query: string } {
  return error instanceof Error && "query" in error && typeof error.query === "string";
}

/** The lines that name places; the first lines of a stack repeat the message. */
function framesOf(error: Error): string {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join("\n");
}
