/** A letter rather than a leaflet, for people who have not ordered in a while; its plain text is written by hand. */
import { button, type Draft, englishFooter, headline, page, paragraph, small, space } from "./layout.ts";

const lastOrder =
  '{% if fields.last_order_on %}Your last bag left us on {{ fields.last_order_on | date: "%-d %B %Y" }}.{% else %}It has been a while.{% endif %}';

export const missYou: Draft = {
  name: "We miss you",
  subject: "Still drinking coffee, {{ first_name }}?",
  preheader: "A short letter from the roastery, and a bag on the house.",
  defaults: { first_name: "friend", "fields.favourite_roast": "our house espresso" },
  text: `Dear {{ first_name }},

${lastOrder} Perhaps you moved on to tea, perhaps we did something wrong. Either way we would like to know: an answer to this mail reaches Nora in the roastery.

If you only forgot: a bag of {{ fields.favourite_roast }} is on us with your next order.

https://fernweh.example/welcome-back

Warmly,
Nora Byrne

--
{{ postal_address }}
Unsubscribe: {{ unsubscribe_url }}
Preferences: {{ preferences_url }}
`,
  html: page({
    lang: "en",
    dir: "ltr",
    title: "Still drinking coffee?",
    body: [
      space(8),
      headline("Dear {{ first_name }},"),
      paragraph(
        `${lastOrder} Perhaps you moved on to tea, perhaps we did something wrong. Either way we would like to know: an answer to this mail reaches Nora in the roastery.`,
      ),
      paragraph(
        "If you only forgot: a bag of {{ fields.favourite_roast }} is on us with your next order. No code, it is in your basket already.",
      ),
      button("Take me to my basket", "/welcome-back?utm_source=newsletter&amp;utm_campaign=miss-you"),
      paragraph("Warmly,<br>Nora Byrne"),
      small("Should you not wish to hear from us again, the link below is all it takes."),
      space(40),
    ].join("\n"),
    footer: englishFooter,
  }),
};
