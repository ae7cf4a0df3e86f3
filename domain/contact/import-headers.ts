/** What columns are called in the files people bring, in the languages they speak. */
import type { ImportTarget } from "./import.ts";

type Named = Exclude<ImportTarget, "skip" | `fields.${string}`>;

// Folded: lower case, no accents, nothing but letters and digits.
const names: Readonly<Record<Named, string>> = {
  email: `
    email emails emailaddress mail mailaddress emailid useremail contactemail primaryemail
    emailadresse mailadresse epost epostadresse epostadress adressemail adresseemail adressemel
    courriel mel correo correoelectronico direccionemail correoe indirizzoemail postaelettronica
    enderecoemail enderecodeemail correioeletronico emailadres mailadres adresemail
    adresemailowy электроннаяпочта почта メール メールアドレス 邮箱 电子邮件`,
  phone: `
    phone phonenumber mobile mobilephone mobilenumber cell cellphone tel telephone
    telephonenumber sms whatsapp telefon telefonnummer handy handynummer mobil mobilnummer
    rufnummer portable telephoneportable numerodetelephone telefono telefonomovil movil celular
    cellulare numeroditelefono telefone telemovel telefoon telefoonnummer mobiel mobielnummer
    numertelefonu komorka tlf телефон 電話 電話番号 电话 手机`,
  first_name: `
    firstname first fname givenname forename vorname prenom nombre nombres nome primonome
    primeironome voornaam imie fornamn fornavn имя 名`,
  last_name: `
    lastname last lname surname familyname nachname familienname zuname nomdefamille nom
    apellido apellidos cognome apelido sobrenome ultimonome achternaam familienaam nazwisko
    efternamn efternavn etternavn фамилия 姓`,
  full_name: `
    name fullname contactname customername displayname kundenname vollstandigername
    vollername nomcomplet nombrecompleto nombreyapellidos nomecompleto nominativo volledigenaam
    naam imieinazwisko namn navn фио 氏名 名前 姓名`,
  locale: `
    locale language lang languagecode preferredlanguage sprache langue idioma lingua taal jezyk
    sprak sprog`,
  time_zone: `
    timezone tz zeitzone fuseauhoraire zonahoraria fusoorario fusohorario tijdzone strefaczasowa
    tidszon tidszone`,
  country: `
    country countrycode countryiso nation land landercode landeskennung pays codepays pais paese
    nazione kraj страна 国`,
  tags: `
    tags tag labels label etiketten schlagworte etiquettes etiquetas etichette tagi etykiety`,
};

const targets = new Map<string, Named>(
  (Object.entries(names) as [Named, string][]).flatMap(([target, words]) =>
    words
      .trim()
      .split(/\s+/)
      .map((word) => [foldHeader(word), target] as const),
  ),
);

export function foldHeader(text: string): string {
  // Letters that do not come apart into a base and an accent.
  const plain = text
    .toLowerCase()
    .replaceAll("ł", "l")
    .replaceAll("ø", "o")
    .replaceAll("ß", "ss")
    .replaceAll("æ", "ae");
  return plain.normalize("NFD").replace(/[^\p{L}\p{N}]/gu, "");
}

export function headerTarget(text: string): Named | undefined {
  return targets.get(foldHeader(text));
}
