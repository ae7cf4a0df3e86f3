/** The story of one coffee, with a recipe that fits how the reader brews. */
import {
  band,
  button,
  type Draft,
  englishFooter,
  headline,
  overline,
  page,
  paragraph,
  rule,
  site,
  small,
  space,
} from "./layout.ts";

const recipe = (dose: string, water: string, time: string) =>
  `<strong>${dose}</strong> coffee · <strong>${water}</strong> water · <strong>${time}</strong>`;

export const singleOrigin: Draft = {
  name: "Single origin of the month",
  subject: "A hillside in Guji, in your {{ fields.brew_method }}",
  preheader: "Washed, dried for eighteen days, roasted light. With a recipe that fits how you brew.",
  text: "",
  defaults: { first_name: "there", "fields.brew_method": "cup" },
  html: page({
    lang: "en",
    dir: "ltr",
    title: "Single origin of the month",
    body: [
      band("#8f5219", "Guji, 2,150 metres.<br>Eighteen days in the sun."),
      overline("SINGLE ORIGIN OF THE MONTH"),
      headline("Apricot, jasmine, and a long walk uphill"),
      paragraph("Dear {{ first_name }},"),
      paragraph(
        "Bekele Utute and his neighbours pick in three passes, and only what is red all the way round. The cherries are pulped the same evening, ferment in the shade for two days and then lie on raised beds for eighteen more. It is slow, and you can taste it.",
      ),
      paragraph(
        `We bought all forty-one bags. The farm gate price is on the label, next to ours: <a href="${site}/prices">how we pay</a>.`,
      ),
      button(
        "Read the story and order",
        "/coffee/ethiopia-guji?utm_source=newsletter&amp;utm_campaign=single-origin",
      ),
      rule(),
      overline("A RECIPE FOR YOU"),
      paragraph(
        `{% case fields.brew_method %}{% when "espresso machine" %}${recipe("18 g", "40 g", "27 seconds")}{% when "French press" %}${recipe("30 g", "500 g", "4 minutes, then wait 5 more")}{% when "AeroPress" %}${recipe("16 g", "230 g", "2 minutes, press slowly")}{% when "moka pot" %}${recipe("17 g", "170 g", "off the heat at the first gurgle")}{% when "cezve" %}${recipe("10 g", "120 g", "lift it three times before it boils over")}{% else %}${recipe("15 g", "250 g", "3 minutes in four pours")}{% endcase %}`,
      ),
      small(`Another way to brew? <a href="${site}/recipes">All recipes are here</a>.`),
      space(40),
    ].join("\n"),
    footer: englishFooter,
  }),
};
