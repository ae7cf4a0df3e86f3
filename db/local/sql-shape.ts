// A statement's shape: its words and marks without literals and comments. Statements of one shape read the same tables the same way.

export type Token = { kind: "word" | "name" | "mark" | "literal"; text: string };

// Quoted text, hex and bit literals, numbers and comments; names in backticks are matched so as to be stepped over.
const skippable =
  /`[^`]*`|(?:\b(?:_binary|[xXbBnN]))?'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'|"[^"\\]*(?:(?:\\[\s\S]|"")[^"\\]*)*"|\/\*[\s\S]*?\*\/|(?:--(?=\s|$)|#)[^\n]*|\b(?:0x[0-9a-fA-F]+|0b[01]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\b/g;
const lists = /\?(?:\s*,\s*\?)+/g;
const rows = /(\(\?\))(?:\s*,\s*\(\?\))+/g;

/** Literals become `?`, lists of them one `?`, comments a blank; executable comments stay, so that they are seen. */
export function shapeOf(sql: string): string {
  return sql
    .replace(skippable, (text) => {
      const first = text[0];
      if (first === "`") return text;
      if (first === "/") return text[2] === "!" ? "/*!*/" : " ";
      return first === "#" || first === "-" ? " " : "?";
    })
    .replace(lists, "?")
    .replace(rows, "$1");
}

const tokenPattern =
  /`((?:[^`]|``)*)`|([A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)|(\?)|(\/\*!\*\/|<=>|<>|!=|<=|>=|:=|&&|\|\||[^\s\w])/g;

export function tokensOf(shape: string): Token[] {
  const tokens: Token[] = [];
  for (const [, quoted, word, literal, mark] of shape.matchAll(tokenPattern)) {
    if (quoted !== undefined) tokens.push({ kind: "name", text: quoted.replaceAll("``", "`").toLowerCase() });
    else if (word !== undefined) tokens.push(wordToken(word.toLowerCase()));
    else if (literal !== undefined) tokens.push({ kind: "literal", text: "?" });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
  }
  return tokens;
}

function wordToken(text: string): Token {
  return text === "true" || text === "false" || text === "null"
    ? { kind: "literal", text: "?" }
    : { kind: "word", text };
}
