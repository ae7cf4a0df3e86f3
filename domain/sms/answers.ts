/**
 * The one answer a keyword gets: a confirmation without a word of marketing (47 CFR 64.1200(a)(12)), or where help is
 * found. GSM letters where the language allows, so that it stays one segment.
 */
import { toGsm7 } from "./gsm7.ts";
import type { Keyword, Language } from "./keywords.ts";

const longestBrand = 40;
const longestContact = 40;

/** `contact` is an address to ask at, or empty; only help names it. */
type Texts = Readonly<Record<Keyword, (name: string, contact: string) => string>>;

const at = (contact: string) => (contact === "" ? "" : ` ${contact}.`);

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    stop: (name) => `${name}: you are unsubscribed and will get no more texts from us. START to come back.`,
    start: (name) => `${name}: you are subscribed to our texts. HELP for help, STOP to leave.`,
    help: (name, contact) =>
      `${name}: marketing texts.${at(contact)} Msg & data rates may apply. STOP to leave.`,
  },
  de: {
    stop: (name) =>
      `${name}: Sie sind abgemeldet und bekommen keine SMS mehr von uns. Mit START wieder anmelden.`,
    start: (name) => `${name}: Sie bekommen unsere SMS. HILFE für Hilfe, STOP zum Abmelden.`,
    help: (name, contact) => `${name}: Werbung per SMS.${at(contact)} Abmelden mit STOP.`,
  },
  fr: {
    stop: (name) => `${name} : vous voilà désabonné, nous n'enverrons plus de SMS. START pour revenir.`,
    start: (name) => `${name} : vous recevez nos SMS. AIDE pour de l'aide, STOP pour quitter.`,
    help: (name, contact) => `${name} : SMS publicitaires.${at(contact)} STOP pour ne plus les recevoir.`,
  },
  es: {
    stop: (name) => `${name}: baja confirmada, ya no le enviaremos SMS. START para volver.`,
    start: (name) => `${name}: va a recibir nuestros SMS. AYUDA para ayuda, STOP para darse de baja.`,
    help: (name, contact) => `${name}: SMS comerciales.${at(contact)} STOP para darse de baja.`,
  },
  it: {
    stop: (name) => `${name}: iscrizione cancellata, non riceverà altri SMS. START per tornare.`,
    start: (name) => `${name}: riceverà i nostri SMS. AIUTO per assistenza, STOP per cancellarsi.`,
    help: (name, contact) => `${name}: SMS promozionali.${at(contact)} STOP per cancellarsi.`,
  },
  pt: {
    stop: (name) => `${name}: cancelado, deixamos de lhe enviar SMS. START para voltar.`,
    start: (name) => `${name}: vai receber os nossos SMS. AJUDA para ajuda, STOP para sair.`,
    help: (name, contact) => `${name}: SMS promocionais.${at(contact)} STOP para sair.`,
  },
  nl: {
    stop: (name) => `${name}: u bent afgemeld en krijgt geen sms meer van ons. START om terug te komen.`,
    start: (name) => `${name}: u krijgt onze sms-berichten. HULP voor hulp, STOP om af te melden.`,
    help: (name, contact) => `${name}: reclame per sms.${at(contact)} STOP om af te melden.`,
  },
  pl: {
    stop: (name) => `${name}: wypisano. Nie wyslemy wiecej SMS. START, aby wrocic.`,
    start: (name) => `${name}: zapisano na nasze SMS. POMOC - pomoc, STOP - rezygnacja.`,
    help: (name, contact) => `${name}: SMS reklamowe.${at(contact)} STOP - rezygnacja.`,
  },
  ga: {
    stop: (name) => `${name}: díliostáilte. Ní sheolfar a thuilleadh téacsanna.`,
    start: (name) => `${name}: liostáilte dár dtéacsanna. STOP chun imeacht.`,
    help: (name, contact) => `${name}: téacsanna margaíochta.${at(contact)} STOP chun imeacht.`,
  },
};

/** `locale`: BCP 47 or empty. English where the language is not among ours. */
export function answerTo(
  keyword: Keyword,
  who: {
    readonly brand: string;
    readonly language: Language | undefined;
    readonly locale: string;
    /** Where a person can be asked; left out where it is long. */
    readonly contact?: string;
  },
): string {
  const spoken = who.language ?? who.locale.slice(0, 2).toLowerCase();
  const language = spoken in texts ? (spoken as Language) : "en";
  const contact = (who.contact ?? "").length <= longestContact ? (who.contact ?? "") : "";
  return texts[language][keyword](brandOf(who.brand), contact);
}

/** A name outside the GSM alphabet costs what it costs; a long one is not worth more segments. */
function brandOf(name: string): string {
  const plain = toGsm7(name);
  const shown = plain.left.length === 0 ? plain.text : name;
  return [...shown.replace(/\s+/g, " ").trim()].slice(0, longestBrand).join("").trimEnd();
}
