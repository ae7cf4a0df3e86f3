/** Lists of names as they are written down here, and as they are used. */

/** Given names parted by spaces, family names by bars, for they may hold spaces themselves. */
export type NameLists = { readonly female: string; readonly male: string; readonly last: string };

/** How a name is written, and how it is spelt in an address. */
export type Name = { readonly written: string; readonly latin: string };
export type Names = {
  readonly female: readonly Name[];
  readonly male: readonly Name[];
  readonly last: readonly { readonly male: Name; readonly female: Name }[];
};

export function parseNames(lists: NameLists): Names {
  return {
    female: lists.female.split(" ").map(nameOf),
    male: lists.male.split(" ").map(nameOf),
    last: lists.last.split("|").map((entry) => {
      const [male = "", female = male] = entry.split("/");
      return { male: nameOf(male), female: nameOf(female) };
    }),
  };
}

function nameOf(text: string): Name {
  const [written = "", latin = written] = text.split(":");
  return { written, latin };
}

// Letters that no decomposition turns into ASCII.
const letters: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  ø: "o",
  ł: "l",
  đ: "d",
  ı: "i",
  ð: "d",
  þ: "th",
};

/** Lower-case ASCII letters and digits: what may stand in the local part of an address. */
export function addressSpelling(text: string): string {
  return text
    .toLowerCase()
    .replace(/[ßæøłđıðþ]/g, (letter) => letters[letter] ?? "")
    .normalize("NFD")
    .replace(/[^a-z0-9]/g, "");
}
