/** The frame all starters share: one column of 600 px, light and dark, readable on a phone and in Outlook. */

const styles = `
    body { margin: 0; padding: 0; background: #f4f4f5; }
    .page { background: #f4f4f5; }
    .card { background: #ffffff; }
    .text, .text p, .text td { font: 16px/26px -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; color: #27272a; }
    .text p { margin: 0 0 16px; }
    .text a { color: #4338ca; }
    h1 { margin: 0 0 16px; font: 700 28px/36px -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; color: #18181b; }
    h2 { margin: 0 0 6px; font: 600 18px/26px -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; color: #18181b; }
    .quiet, .quiet a, .quiet td { font: 13px/20px -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; color: #63636e; }
    .line { border-top: 1px solid #e4e4e7; }
    .button { background: #18181b; border-radius: 8px; }
    .button a { display: inline-block; padding: 12px 22px; font: 600 16px/24px -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; color: #ffffff; text-decoration: none; }
    @media (max-width: 620px) {
      .card { border-radius: 0 !important; }
      .inner { padding: 28px 20px !important; }
    }
    @media (prefers-color-scheme: dark) {
      body, .page { background: #121214 !important; }
      .card { background: #1c1c20 !important; }
      .text, .text p, .text td { color: #e4e4e7 !important; }
      .text a { color: #a5b4fc !important; }
      h1, h2 { color: #fafafa !important; }
      .quiet, .quiet a, .quiet td { color: #a1a1aa !important; }
      .line { border-color: #3f3f46 !important; }
      .button { background: #fafafa !important; }
      .button a { color: #18181b !important; }
      .tint { background: #27272a !important; }
    }`;

const footer = `
          <tr>
            <td class="inner quiet" style="padding: 20px 40px 32px; text-align: center;">
              {{ tenant_name }} · {{ postal_address }}<br>
              <a href="{{ unsubscribe_url }}">Unsubscribe</a> · <a href="{{ preferences_url }}">Preferences</a> · <a href="{{ view_url }}">View in browser</a>
            </td>
          </tr>`;

export function layout(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="supported-color-schemes" content="light dark">
    <title>${title}</title>
    <style>${styles}
    </style>
  </head>
  <body>
    <table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0">
      <tr>
        <td align="center" style="padding: 24px 0;">
          <table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width: 100%; max-width: 600px;">
          <tr>
            <td class="card inner text" style="padding: 40px; border-radius: 12px;">
${body}
            </td>
          </tr>${footer}
          </table>
        </td>
      </tr>
    </table>
  </body>
</html>
`;
}

export function buttonTo(href: string, words: string): string {
  return `              <table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin: 8px 0 24px;">
                <tr><td class="button"><a href="${href}">${words}</a></td></tr>
              </table>`;
}
