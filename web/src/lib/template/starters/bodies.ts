/** What stands inside the frame of each starter. */
import { buttonTo } from "./layout.ts";

const line = `              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="line" style="font-size: 0; line-height: 0; height: 25px;">&nbsp;</td></tr></table>`;

const letter = `              <p>Hello {{ first_name }},</p>
              <p>a plain letter reads like one: no pictures, no columns, one thing to say. Put it in the first sentence, because many people read only that.</p>
              <p>Then say why it matters to the person you write to, in two or three sentences. If there is something to do, end with <a href="https://example.com/">one link</a>.</p>
              <p>All the best,<br>Mara of {{ tenant_name }}</p>
              <p style="margin-bottom: 0;">P.S. The line after the name is read by nearly everyone.</p>`;

const announcement = `              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin-bottom: 28px;">
                <tr><td class="tint quiet" style="background: #f4f4f5; border-radius: 8px; padding: 10px 16px; font-weight: 600;">New at {{ tenant_name }}</td></tr>
              </table>
              <h1>Say the news in one line</h1>
              <p>Hello {{ first_name }}, here is what is new and what it does for you. Two sentences are enough; the page behind the button has the rest.</p>
${buttonTo("https://example.com/news", "See what is new")}
              <p style="margin-bottom: 0;">Questions? Just reply to this e-mail. A person reads it.</p>`;

const item = (title: string, slug: string) => `              <h2>${title}</h2>
              <p>One or two sentences that tell enough to decide whether to read on. <a href="https://example.com/${slug}">Read on</a></p>`;

const digest = `              <h1>This week at {{ tenant_name }}</h1>
              <p>Hello {{ first_name }}, three things worth your time.</p>
${line}
${item("The first, and most useful", "first")}
${line}
${item("The second", "second")}
${line}
${item("The third, for the weekend", "third")}
${line}
              <p style="margin-bottom: 0;">That is all for this week.</p>`;

const step = (number: number, title: string, text: string) => `                <tr>
                  <td width="40" valign="top" style="padding-bottom: 20px;"><b>${number}.</b></td>
                  <td style="padding-bottom: 20px;"><b>${title}</b><br>${text}</td>
                </tr>`;

const welcome = `              <h1>Welcome, {{ first_name }}</h1>
              <p>Good to have you with us. You get a letter from us now and then, never more than one a week, and you can leave with one click at any time.</p>
              <p>Three ways to begin:</p>
              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
${step(1, "Look around", 'Start with what others like: <a href="https://example.com/favourites">our favourites</a>.')}
${step(2, "Tell us what you like", 'Choose your topics on your <a href="{{ preferences_url }}">preference page</a>.')}
${step(3, "Ask us anything", "Reply to this e-mail. A person reads it.")}
              </table>
${buttonTo("https://example.com/", "Visit the shop")}`;

const offer = `              <h1>A quarter off, until Sunday</h1>
              <p>Hello {{ first_name }}, as somebody on our list you get it first: 25% off everything, with this code.</p>
              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin: 8px 0 24px;">
                <tr><td class="tint" align="center" style="background: #f4f4f5; border-radius: 8px; padding: 20px; font: 700 24px/32px ui-monospace, Menlo, Consolas, monospace; letter-spacing: 2px;">AUTUMN25</td></tr>
              </table>
              <p>{% if country == "IE" %}Delivery in Ireland is free this week.{% else %}Delivery takes three to five days.{% endif %}</p>
${buttonTo("https://example.com/offer", "Shop with 25% off")}
              <p class="quiet" style="margin-bottom: 0;">Valid until Sunday, 23:59, once per person. Not on gift cards.</p>`;

export const bodies = { letter, announcement, digest, welcome, offer };
