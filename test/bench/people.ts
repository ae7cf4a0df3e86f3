/** The dataset of the sending bench: a 12 KB template with ten variables and six links, and people to write to. */
import type { Recipient } from "#domain/message/variables";

export type BenchContent = {
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
  readonly defaults: Record<string, string>;
  readonly postalAddress: string;
};

export const fieldKeys = ["city", "plan", "points", "shop", "referrer"] as const;

export function personOf(i: number): Recipient {
  return {
    email: `person${i}@people.example`,
    firstName: `Person${i}`,
    lastName: `Number${i}`,
    locale: "en-IE",
    country: "IE",
    fields: {
      city: `City ${i % 97}`,
      plan: i % 3 === 0 ? "gold" : "basic",
      points: i % 1_000,
      shop: `Shop ${i % 13}`,
      referrer: `ref${i % 31}`,
    },
  };
}

const paragraph = (text: string) =>
  `<tr><td style="padding:12px 24px;font:15px/1.6 Arial,Helvetica,sans-serif;color:#222222"><p style="margin:0 0 12px">${text}</p></td></tr>`;
const button = (href: string, label: string) =>
  `<tr><td style="padding:8px 24px 20px"><a href="${href}" style="display:inline-block;background:#1f2937;color:#ffffff;padding:12px 20px;border-radius:6px;font:600 15px Arial,sans-serif;text-decoration:none">${label}</a></td></tr>`;

export function benchContent(): BenchContent {
  const filler =
    "Roasted on Tuesday, packed on Wednesday, at your door before the weekend: that is how we like it best. ";
  const rows = [
    paragraph("Dear {{ first_name }} {{ last_name }}, how is {{ fields.city }}?"),
    button("https://shop.example/new", "See what is new"),
    paragraph(filler.repeat(16)),
    button("https://shop.example/plans", "Your {{ fields.plan }} plan"),
    paragraph(`You have {{ fields.points }} points at {{ fields.shop }}. ${filler.repeat(16)}`),
    button("https://shop.example/points", "Use them"),
    paragraph(filler.repeat(32)),
    button("https://shop.example/friends", "Bring a friend"),
    paragraph(
      `Your code is {{ fields.referrer }}; we write to {{ email }} in {{ country }} ({{ locale }}). ${filler.repeat(24)}`,
    ),
    button("https://shop.example/help", "Ask us anything"),
    button("https://shop.example/stores", "Find a shop"),
    paragraph('<a href="{{ unsubscribe_url }}">Unsubscribe</a> · {{ postal_address }}'),
  ];
  const html = `<!doctype html><html><head><meta charset="utf-8"><title>News</title></head><body style="margin:0;background:#f4f4f5"><table role="presentation" width="100%"><tbody>${rows.join("")}</tbody></table></body></html>`;
  return {
    subject: "{{ first_name }}, this week at {{ fields.shop }}",
    preheader: "Fresh and close by",
    html,
    text: "",
    defaults: {},
    postalAddress: "1 Quay Street, Galway",
  };
}
