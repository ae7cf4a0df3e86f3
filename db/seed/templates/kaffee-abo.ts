/** The coffee subscription, for readers of German. */
import {
  band,
  button,
  type Draft,
  headline,
  overline,
  page,
  paragraph,
  rule,
  shelf,
  small,
  space,
} from "./layout.ts";

export const kaffeeAbo: Draft = {
  name: "Kaffee-Abo",
  subject: "{{ first_name }}, Ihr Kaffee könnte von selbst kommen",
  preheader: "Jeden Monat frisch geröstet, jederzeit anzuhalten, Versand inklusive.",
  text: "",
  defaults: { first_name: "Kaffeefreund", "fields.favourite_roast": "Espresso Fernweh" },
  html: page({
    lang: "de",
    dir: "ltr",
    title: "Das Kaffee-Abo",
    body: [
      band("#2f4a4a", "Einmal einrichten.<br>Nie wieder ohne Kaffee dastehen."),
      overline("KAFFEE-ABO"),
      headline("Am Dienstag geröstet, am Freitag in Ihrer Küche"),
      paragraph("Guten Tag {{ first_name }},"),
      paragraph(
        'wir schicken Ihnen {{ fields.favourite_roast }} so oft, wie Sie ihn trinken: alle zwei, vier oder sechs Wochen. Der Versand{% case country %}{% when "AT" %} nach Österreich{% when "CH" %} in die Schweiz{% else %} nach Deutschland{% endcase %} ist im Preis enthalten, und anhalten können Sie mit einem Klick.',
      ),
      button("Abo zusammenstellen", "/de/abo?utm_source=newsletter&amp;utm_campaign=abo"),
      shelf(
        [
          {
            name: "Klein",
            notes: "250 g, für eine Person",
            price: "10,90 € je Lieferung",
            path: "/de/abo/klein",
            colour: "#2f4a4a",
          },
          {
            name: "Mittel",
            notes: "500 g, für zwei",
            price: "20,50 € je Lieferung",
            path: "/de/abo/mittel",
            colour: "#a23f22",
          },
          {
            name: "Groß",
            notes: "1 kg, fürs Büro",
            price: "37,00 € je Lieferung",
            path: "/de/abo/gross",
            colour: "#8d9a4f",
          },
        ],
        "Wählen",
      ),
      rule(),
      small("Kein Mindestbezug. Die erste Lieferung geht am nächsten Werktag hinaus."),
      space(40),
    ].join("\n"),
    footer: {
      why: "Sie erhalten diese E-Mail, weil Sie Neues von {{ tenant_name }} lesen wollten.",
      leave: "Abmelden",
      preferences: "Einstellungen",
      view: "Im Browser ansehen",
    },
  }),
};
