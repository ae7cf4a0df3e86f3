/** This week's roast, greeted in the reader's own language and direction. */
import {
  band,
  button,
  type Draft,
  headline,
  overline,
  page,
  paragraph,
  shelf,
  small,
  space,
} from "./layout.ts";

type Words = {
  readonly greeting: string;
  readonly lead: string;
  readonly action: string;
  readonly why: string;
  readonly leave: string;
  readonly preferences: string;
  readonly view: string;
};

const english: Words = {
  greeting: "Hello {{ first_name }},",
  lead: "Three coffees came out of the drum on Tuesday and are at their best for the next five weeks.",
  action: "See this week's roast",
  why: "You get this because you asked {{ tenant_name }} for news.",
  leave: "Unsubscribe",
  preferences: "Preferences",
  view: "View in browser",
};

const translations: Readonly<Record<string, Words>> = {
  de: {
    greeting: "Hallo {{ first_name }},",
    lead: "drei Kaffees kamen am Dienstag aus der Trommel und schmecken in den nächsten fünf Wochen am besten.",
    action: "Zur Röstung der Woche",
    why: "Sie erhalten diese E-Mail, weil Sie Neues von {{ tenant_name }} lesen wollten.",
    leave: "Abmelden",
    preferences: "Einstellungen",
    view: "Im Browser ansehen",
  },
  fr: {
    greeting: "Bonjour {{ first_name }},",
    lead: "trois cafés sont sortis du torréfacteur mardi ; ils sont à leur meilleur pendant cinq semaines.",
    action: "Voir la torréfaction de la semaine",
    why: "Vous recevez ce message parce que vous avez demandé des nouvelles de {{ tenant_name }}.",
    leave: "Se désabonner",
    preferences: "Préférences",
    view: "Voir dans le navigateur",
  },
  es: {
    greeting: "Hola, {{ first_name }}:",
    lead: "el martes salieron tres cafés del tostador; están en su mejor momento durante cinco semanas.",
    action: "Ver el tueste de la semana",
    why: "Recibes este mensaje porque pediste noticias de {{ tenant_name }}.",
    leave: "Darse de baja",
    preferences: "Preferencias",
    view: "Ver en el navegador",
  },
  pt: {
    greeting: "Olá, {{ first_name }},",
    lead: "na terça-feira saíram três cafés do torrador; estão no seu melhor durante cinco semanas.",
    action: "Ver a torra da semana",
    why: "Recebe esta mensagem porque pediu notícias da {{ tenant_name }}.",
    leave: "Cancelar a subscrição",
    preferences: "Preferências",
    view: "Ver no navegador",
  },
  it: {
    greeting: "Ciao {{ first_name }},",
    lead: "martedì sono usciti dal tamburo tre caffè: danno il meglio nelle prossime cinque settimane.",
    action: "Scopri la tostatura della settimana",
    why: "Ricevi questo messaggio perché hai chiesto notizie da {{ tenant_name }}.",
    leave: "Annulla l'iscrizione",
    preferences: "Preferenze",
    view: "Apri nel browser",
  },
  pl: {
    greeting: "Cześć, {{ first_name }},",
    lead: "we wtorek z bębna wyszły trzy kawy; najlepiej smakują przez najbliższe pięć tygodni.",
    action: "Zobacz palenie tygodnia",
    why: "Piszemy, bo chcesz dostawać wiadomości od {{ tenant_name }}.",
    leave: "Wypisz się",
    preferences: "Ustawienia",
    view: "Otwórz w przeglądarce",
  },
  tr: {
    greeting: "Merhaba {{ first_name }},",
    lead: "salı günü üç kahve kavruldu; önümüzdeki beş hafta boyunca en lezzetli hâlindeler.",
    action: "Haftanın kavrumunu gör",
    why: "Bu e-postayı {{ tenant_name }} haberlerini istediğiniz için aldınız.",
    leave: "Abonelikten çık",
    preferences: "Tercihler",
    view: "Tarayıcıda aç",
  },
  el: {
    greeting: "Γεια σου {{ first_name }},",
    lead: "την Τρίτη βγήκαν τρεις καφέδες από το καβουρδιστήρι· είναι στα καλύτερά τους για πέντε εβδομάδες.",
    action: "Δες το καβούρδισμα της εβδομάδας",
    why: "Λαμβάνεις αυτό το μήνυμα γιατί ζήτησες νέα από {{ tenant_name }}.",
    leave: "Διαγραφή",
    preferences: "Προτιμήσεις",
    view: "Προβολή στον browser",
  },
  ar: {
    greeting: "مرحباً {{ first_name }}،",
    lead: "خرجت من المحمصة يوم الثلاثاء ثلاثة أنواع من القهوة، وهي في أفضل مذاقها خلال الأسابيع الخمسة القادمة.",
    action: "شاهد تحميص هذا الأسبوع",
    why: "تصلك هذه الرسالة لأنك طلبت أخبار {{ tenant_name }}.",
    leave: "إلغاء الاشتراك",
    preferences: "التفضيلات",
    view: "عرض في المتصفح",
  },
  he: {
    greeting: "שלום {{ first_name }},",
    lead: "ביום שלישי יצאו מהתוף שלושה קפה טריים, והם בשיאם בחמשת השבועות הקרובים.",
    action: "לקלייה של השבוע",
    why: "קיבלת את ההודעה כי ביקשת חדשות מ־{{ tenant_name }}.",
    leave: "הסרה מהרשימה",
    preferences: "העדפות",
    view: "צפייה בדפדפן",
  },
  ja: {
    greeting: "{{ first_name }}さん、こんにちは。",
    lead: "火曜日に3種類のコーヒーが焼き上がりました。これから5週間が飲み頃です。",
    action: "今週の焙煎を見る",
    why: "{{ tenant_name }}のお知らせをご希望の方にお送りしています。",
    leave: "配信停止",
    preferences: "配信設定",
    view: "ブラウザで見る",
  },
  ko: {
    greeting: "{{ first_name }}님, 안녕하세요.",
    lead: "화요일에 세 가지 커피를 새로 볶았습니다. 앞으로 5주 동안 가장 맛있습니다.",
    action: "이번 주 로스팅 보기",
    why: "{{ tenant_name }} 소식을 신청하셔서 보내 드립니다.",
    leave: "수신 거부",
    preferences: "수신 설정",
    view: "브라우저에서 보기",
  },
  hi: {
    greeting: "नमस्ते {{ first_name }},",
    lead: "मंगलवार को तीन कॉफ़ियाँ ताज़ा भूनी गईं; अगले पाँच हफ़्ते इनका स्वाद सबसे अच्छा रहेगा।",
    action: "इस हफ़्ते की कॉफ़ी देखें",
    why: "यह संदेश इसलिए आया कि आपने {{ tenant_name }} की ख़बरें माँगी थीं।",
    leave: "सदस्यता समाप्त करें",
    preferences: "पसंद",
    view: "ब्राउज़र में देखें",
  },
};

/** `{% case %}` over the language part of the reader's locale. */
function spoken(part: keyof Words): string {
  const branches = Object.entries(translations).map(([lang, words]) => `{% when "${lang}" %}${words[part]}`);
  return `{% case lang %}${branches.join("")}{% else %}${english[part]}{% endcase %}`;
}

const letLang = "{% assign lang = locale | slice: 0, 2 %}";

export const freshRoast: Draft = {
  name: "Fresh roast of the week",
  subject: "{{ first_name }}, three coffees fresh from the drum",
  preheader: "Roasted on Tuesday: {{ fields.favourite_roast }} and two single origins.",
  text: "",
  defaults: { first_name: "friend", locale: "en", "fields.favourite_roast": "Espresso Fernweh" },
  html: page({
    lang: "{{ locale }}",
    dir: `${letLang}{% if lang == "ar" or lang == "he" %}rtl{% else %}ltr{% endif %}`,
    title: "Fresh roast of the week",
    body: [
      band("#7a2f1b", "Roasted on Tuesday.<br>In the post by Wednesday."),
      overline("FRESH ROAST"),
      headline(`${letLang}${spoken("greeting")}`),
      paragraph(spoken("lead")),
      button(spoken("action"), "/fresh?utm_source=newsletter&amp;utm_campaign=fresh-roast"),
      shelf(
        [
          {
            name: "Espresso Fernweh",
            notes: "Dark chocolate, hazelnut, fig",
            price: "€11.50 · 250 g",
            path: "/coffee/espresso-fernweh",
            colour: "#7a2f1b",
          },
          {
            name: "Ethiopia Guji",
            notes: "Apricot, jasmine, black tea",
            price: "€14.00 · 250 g",
            path: "/coffee/ethiopia-guji",
            colour: "#d98a3d",
          },
          {
            name: "Colombia Huila",
            notes: "Red apple, panela, cacao",
            price: "€12.80 · 250 g",
            path: "/coffee/colombia-huila",
            colour: "#8d9a4f",
          },
        ],
        "Order",
      ),
      small(
        `{% if fields.loyalty_member %}You are a loyalty member: shipping is on us, and this bag counts twice.{% else %}Shipping is free from three bags on.{% endif %}`,
      ),
      space(40),
    ].join("\n"),
    footer: {
      why: spoken("why"),
      leave: spoken("leave"),
      preferences: spoken("preferences"),
      view: spoken("view"),
    },
  }),
};
