/** The shop's stationery: tables for old programs, one column on phones, dark where the reader's device is dark. */

export type Draft = {
  readonly name: string;
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
  readonly defaults: Readonly<Record<string, string>>;
};

export const site = "https://fernweh.example";
const serif = "Georgia,'Times New Roman',serif";
const sans = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

const styles = `
      :root { color-scheme: light dark; supported-color-schemes: light dark; }
      a { color: #a23f22; }
      @media (max-width: 620px) {
        .side { padding-left: 24px !important; padding-right: 24px !important; }
        .stack { display: block !important; width: 100% !important; padding: 0 0 16px !important; }
        .big { font-size: 30px !important; line-height: 36px !important; }
        .wide { display: block !important; text-align: center !important; }
      }
      @media (prefers-color-scheme: dark) {
        .ground { background: #14100d !important; }
        .sheet { background: #211a16 !important; }
        .tint { background: #2c231d !important; }
        .ink, .ink a { color: #f4ebe1 !important; }
        .soft, .soft a { color: #c3b3a4 !important; }
        .mark, .mark a { color: #ff9f7d !important; }
        .rule { border-color: #43362d !important; }
        .button { background: #ff9f7d !important; color: #22140d !important; }
      }`;

export type Page = {
  readonly lang: string;
  /** Right to left where the reader's language is. */
  readonly dir: string;
  readonly title: string;
  readonly body: string;
  readonly footer: {
    readonly why: string;
    readonly leave: string;
    readonly preferences: string;
    readonly view: string;
  };
};

export function page({ lang, dir, title, body, footer }: Page): string {
  return `<!doctype html>
<html lang="${lang}" dir="${dir}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="supported-color-schemes" content="light dark">
    <title>${title}</title>
    <style>${styles}
    </style>
  </head>
  <body class="ground" style="margin:0;padding:0;background:#f3ece3;">
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="ground" style="background:#f3ece3;">
      <tr>
        <td align="center" style="padding:28px 12px;">
          <table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;">
            <tr>
              <td class="mark" align="center" style="padding:0 0 20px;font:600 13px/20px ${sans};letter-spacing:6px;color:#a23f22;">
                <a href="${site}/" style="color:#a23f22;text-decoration:none;">FERNWEH</a>
              </td>
            </tr>
            <tr>
              <td class="sheet" style="background:#ffffff;border-radius:14px;overflow:hidden;">
                <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
${body}
                </table>
              </td>
            </tr>
            <tr>
              <td class="soft side" align="center" style="padding:24px 48px;font:12px/20px ${sans};color:#6d5f54;">
                ${footer.why}<br>
                <span dir="ltr">{{ postal_address | newline_to_br }}</span><br>
                <a href="{{ unsubscribe_url }}" style="color:#6d5f54;">${footer.leave}</a> ·
                <a href="{{ preferences_url }}" style="color:#6d5f54;">${footer.preferences}</a> ·
                <a href="{{ view_url }}" style="color:#6d5f54;">${footer.view}</a>
              </td>
            </tr>
          </table>
        </td>
      </tr>
    </table>
  </body>
</html>
`;
}

export const englishFooter = {
  why: "You get this because you asked {{ tenant_name }} for news.",
  leave: "Unsubscribe",
  preferences: "Preferences",
  view: "View in browser",
} as const;

const row = (inner: string, style: string, name = "") =>
  `                  <tr>
                    <td dir="auto" class="side${name}" style="${style}">${inner}</td>
                  </tr>`;

export const overline = (text: string) =>
  row(text, `padding:40px 48px 0;font:600 12px/16px ${sans};letter-spacing:2px;color:#a23f22;`, " mark");
export const headline = (text: string) =>
  row(text, `padding:12px 48px 0;font:400 38px/44px ${serif};color:#231a14;`, " ink big");
export const paragraph = (text: string) =>
  row(text, `padding:16px 48px 0;font:16px/26px ${sans};color:#43372e;`, " ink");
export const small = (text: string) =>
  row(text, `padding:16px 48px 0;font:13px/20px ${sans};color:#6d5f54;`, " soft");
export const space = (height: number) =>
  `                  <tr><td style="height:${height}px;font-size:0;line-height:0;">&nbsp;</td></tr>`;

export const button = (label: string, path: string) =>
  row(
    `<a href="${site}${path}" class="button wide" style="display:inline-block;padding:14px 28px;border-radius:999px;background:#a23f22;color:#ffffff;font:600 15px/20px ${sans};text-decoration:none;">${label}</a>`,
    "padding:28px 48px 0;",
  );

export const rule = () =>
  row(
    `<div class="rule" style="border-top:1px solid #e6dacb;font-size:0;line-height:0;">&nbsp;</div>`,
    "padding:32px 48px 0;",
  );

/** A coloured band across the sheet, in place of a photograph that half of the programs would not load. */
export const band = (colour: string, text: string) =>
  row(
    text,
    `padding:56px 48px;background:${colour};font:400 20px/30px ${serif};color:#fff7ee;text-align:center;`,
  );

export type Roast = {
  readonly name: string;
  readonly notes: string;
  readonly price: string;
  readonly path: string;
  readonly colour: string;
};

/** One beside the other, one below the other on a phone. */
export function shelf(roasts: readonly Roast[], action: string): string {
  const width = Math.floor(100 / roasts.length);
  const cells = roasts.map(
    (roast) => `
                          <td class="stack" width="${width}%" valign="top" style="padding:0 8px;">
                            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
                              <tr><td class="tint" style="background:#f8f3ec;border-radius:10px;border-top:6px solid ${roast.colour};padding:18px 18px 20px;">
                                <div dir="auto" class="ink" style="font:600 15px/22px ${sans};color:#231a14;">${roast.name}</div>
                                <div dir="auto" class="soft" style="padding:4px 0 12px;font:13px/20px ${sans};color:#6d5f54;">${roast.notes}</div>
                                <div dir="auto" class="ink" style="font:13px/20px ${sans};color:#231a14;">${roast.price}</div>
                                <div dir="auto" class="mark" style="padding:8px 0 0;font:600 13px/20px ${sans};"><a href="${site}${roast.path}" style="color:#a23f22;">${action}</a></div>
                              </td></tr>
                            </table>
                          </td>`,
  );
  const table = `
                      <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
                        <tr>${cells.join("")}
                        </tr>
                      </table>`;
  return row(table, "padding:28px 40px 0;");
}
