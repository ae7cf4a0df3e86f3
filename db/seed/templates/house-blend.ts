/** A new house blend, with a word for those who have been coming for long. */
import {
  band,
  button,
  type Draft,
  englishFooter,
  headline,
  overline,
  page,
  paragraph,
  shelf,
  small,
  space,
} from "./layout.ts";

export const houseBlend: Draft = {
  name: "New house blend",
  subject:
    "{% if fields.loyalty_member %}Yours first: the{% else %}The{% endif %} new house espresso is here",
  preheader: "More chocolate, less smoke, and it forgives a grinder that drifts.",
  text: "",
  defaults: { first_name: "there", "fields.orders": "0" },
  html: page({
    lang: "en",
    dir: "ltr",
    title: "The new house espresso",
    body: [
      band("#3d2a22", "Espresso Fernweh, edition seven"),
      overline("HOUSE BLEND"),
      headline("More chocolate, less smoke"),
      paragraph(
        "Hi {{ first_name }}, it took us eleven versions. Two parts Huila, one part Guji, and a roast that ends forty seconds earlier than last year's. It pulls well between 25 and 31 seconds, so it forgives a grinder that drifts.",
      ),
      paragraph(
        `{% if fields.loyalty_member %}You have ordered {{ fields.orders }} times, so you may have it two days before everybody else. The price is last year's.{% else %}It costs what the old one did. If it is not for you, tell us, and the next bag is something else at no charge.{% endif %}`,
      ),
      button(
        "Try edition seven",
        "/coffee/espresso-fernweh?utm_source=newsletter&amp;utm_campaign=house-blend",
      ),
      shelf(
        [
          {
            name: "One bag",
            notes: "250 g, whole bean or ground",
            price: "€11.50",
            path: "/coffee/espresso-fernweh/250",
            colour: "#3d2a22",
          },
          {
            name: "A month's worth",
            notes: "1 kg, whole bean",
            price: "€38.00",
            path: "/coffee/espresso-fernweh/1000",
            colour: "#a23f22",
          },
        ],
        "Order",
      ),
      small("Ground on the day it ships: choose your brewer at the checkout."),
      space(40),
    ].join("\n"),
    footer: englishFooter,
  }),
};
