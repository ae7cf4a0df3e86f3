/**
 * What a reply asks for. A whole message that is a keyword is obeyed at once; words that ask to leave without being
 * one are for a person to read (47 CFR 64.1200(a)(10): any reasonable way of saying it counts).
 */

export type Keyword = "stop" | "start" | "help";
export type Language = "en" | "de" | "fr" | "es" | "it" | "pt" | "nl" | "pl" | "ga";

export type Reading = {
  readonly keyword: Keyword | undefined;
  /** Where the word belongs to one language alone; STOP is understood in all. */
  readonly language: Language | undefined;
  readonly needsReview: boolean;
};

/** English: Twilio's defaults, with REVOKE and OPTOUT as CTIA's handbook lists them. Spelled as `folded` leaves them. */
const words: Readonly<Record<Keyword, readonly (readonly [Language | undefined, string])[]>> = {
  stop: [
    [undefined, "stop stopall stopp stopsms arret"],
    ["en", "unsubscribe cancel end quit revoke optout"],
    ["de", "abmelden abbestellen abmeldung austragen beenden ende"],
    ["fr", "arreter desabonner desabonnement desinscrire desinscription mesdesabonner"],
    ["es", "parar alto baja dardebaja darmedebaja detener cancelarsuscripcion"],
    ["it", "ferma fermare disiscrivi disiscrivimi cancellami annulla"],
    ["pt", "pare sair cancelar remover descadastrar anularsubscricao"],
    ["nl", "stoppen afmelden uitschrijven"],
    ["pl", "wypisz wypiszmnie rezygnuje zatrzymaj"],
    ["ga", "stad scoir diliostail"],
  ],
  start: [
    [undefined, "start unstop"],
    ["en", "yes optin"],
    ["de", "anmelden"],
    ["fr", "reabonner reprendre"],
    ["es", "comenzar empezar"],
    ["it", "inizia iscrivimi"],
    ["pt", "comecar iniciar"],
    ["nl", "aanmelden starten"],
    ["pl", "wznow zapisz"],
    ["ga", "tosaigh"],
  ],
  help: [
    [undefined, "help info"],
    ["de", "hilfe"],
    ["fr", "aide"],
    ["es", "ayuda"],
    ["it", "aiuto"],
    ["pt", "ajuda"],
    ["nl", "hulp"],
    ["pl", "pomoc"],
    ["ga", "cabhair cuidiu"],
  ],
};

const known = new Map<string, { readonly keyword: Keyword; readonly language: Language | undefined }>();
for (const keyword of ["stop", "start", "help"] as const)
  for (const [language, spelled] of words[keyword])
    for (const word of spelled.split(" ")) known.set(word, { keyword, language });

export const keywordsOf = (keyword: Keyword): readonly string[] =>
  words[keyword].flatMap(([, spelled]) => spelled.split(" "));

/** Longer than any keyword, however it is decorated. */
const longestKeyword = 60;

export function readReply(text: string): Reading {
  const found = text.length <= longestKeyword ? known.get(folded(text).replaceAll(" ", "")) : undefined;
  if (found) return { ...found, needsReview: false };
  return { keyword: undefined, language: undefined, needsReview: asksToLeave(folded(text)) };
}

/** An answer to any question; the others say of themselves what they are about. */
export function isPlainYes(text: string): boolean {
  return text.length <= longestKeyword && folded(text) === "yes";
}

/** Lower case without accents; whatever is neither letter nor digit becomes one space. */
function folded(text: string): string {
  const bare = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ł", "l")
    .replaceAll("ß", "ss")
    // An apostrophe belongs to its word: don't, m'arrêter.
    .replace(/['’‘`´]/gu, "");
  return bare.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** Phrases, tried over folded text. What they catch is read by a person, so a false alarm costs a glance. */
const phrases: readonly RegExp[] = [
  /^(?:pls|plz|please|just|ok|so)? ?(?:stop|stopp|unsubscribe|quit)\b/,
  /\b(?:stop|quit)(?: it| now| this| that)?(?: please| pls| thanks| thank you)?$/,
  /\bstop (?:texting|sending|messaging|contacting|spamming|these|those|all|the|bothering)\b/,
  /\b(?:unsubscribe|unsubscribed|opt ?out|opt me out)\b/,
  /\b(?:remove|take|delete|get) (?:me|my number|this number)\b/,
  /\b(?:dont|do not|never|quit|no more|cease) (?:\w+ )?(?:text|texts|texting|message|messages|messaging|contact|send|sms)\b/,
  /\b(?:leave me alone|wrong number|lose (?:my|this) number|not interested|no longer wish|withdraw(?: my)? consent)\b/,
  // German
  /\b(?:keine (?:sms|nachrichten|werbung)|nicht mehr|hort auf|abmelden|abbestellen|austragen)\b/,
  // French
  /\b(?:ne plus|arretez|cessez|desabonne\w*|desinscri\w*|plus de (?:sms|messages))\b/,
  // Spanish, Portuguese
  /\b(?:de baja|no (?:quiero|me)(?: \w+){0,3} (?:mensajes|mas|envien)|dejen? de|deja de|parem? de|nao quero|nao me mand\w*)\b/,
  // Italian
  /\b(?:smett\w+ di|non (?:voglio|mandate\w*|inviate\w*|scrivete\w*)|cancellatemi|disiscri\w*)\b/,
  // Dutch
  /\b(?:geen (?:sms|berichten)|uitschrijven|afmelden|stop met)\b/,
  // Polish
  /\b(?:prosze nie|nie chce|wypis\w* mnie|przestan\w*|rezygnuje)\b/,
  // Irish
  /\b(?:stad de|stop de|na seol|gan teachtaireachtai)\b/,
];

function asksToLeave(text: string): boolean {
  return phrases.some((phrase) => phrase.test(text));
}
