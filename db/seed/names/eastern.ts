/** Given and family names of Central and Eastern Europe and of Turkey. `m/f`; `written:Latin letters`. */
import type { NameLists } from "./parse.ts";

export const polish: NameLists = {
  female:
    "Zofia Julia Maja Hanna Alicja Agnieszka Małgorzata Katarzyna Łucja Grażyna Bożena Bogusława Ola Jadwiga",
  male: "Jakub Antoni Szymon Wojciech Krzysztof Paweł Łukasz Stanisław Michał Tadeusz Bartłomiej Grzegorz Mikołaj Zdzisław",
  last: "Nowak|Kowalski/Kowalska|Wiśniewski/Wiśniewska|Wójcik|Kowalczyk|Kamiński/Kamińska|Lewandowski/Lewandowska|Zieliński/Zielińska|Szymański/Szymańska|Woźniak|Dąbrowski/Dąbrowska|Kozłowski/Kozłowska|Mazur|Jankowski/Jankowska|Krawczyk|Piotrowski/Piotrowska|Grabowski/Grabowska|Pająk|Król|Gołąb|Błaszczyk|Żak",
};

export const czech: NameLists = {
  female: "Eliška Tereza Anežka Kateřina Žofie Lucie Markéta Veronika Barbora Šárka",
  male: "Jakub Tomáš Vojtěch Ondřej Matěj Jiří Lukáš Štěpán Zdeněk Dalibor",
  last: "Novák/Nováková|Svoboda/Svobodová|Novotný/Novotná|Dvořák/Dvořáková|Černý/Černá|Procházka/Procházková|Kučera/Kučerová|Veselý/Veselá|Horák/Horáková|Němec/Němcová|Říha/Říhová|Zeman/Zemanová",
};

export const turkish: NameLists = {
  female: "Zeynep Elif Defne Ayşe Fatma Gülşen Çiğdem Şirin Özge Nazlı İpek Büşra Ece Yağmur",
  male: "Yusuf Eymen Mustafa Mehmet Çağlar Emre Oğuz Kağan İbrahim Şükrü Ömer Barış Tolga Uğur",
  last: "Yılmaz|Kaya|Demir|Şahin|Çelik|Yıldız|Yıldırım|Öztürk|Aydın|Özdemir|Arslan|Doğan|Kılıç|Aslan|Çetin|Kara|Koç|Kurt|Özkan|Şimşek|Güneş|Işık",
};

export const ukrainian: NameLists = {
  female:
    "Олена:Olena Софія:Sofiia Марія:Mariia Ірина:Iryna Оксана:Oksana Дарина:Daryna Зоряна:Zoriana Соломія:Solomiia Юлія:Yuliia Катерина:Kateryna",
  male: "Андрій:Andrii Тарас:Taras Максим:Maksym Олександр:Oleksandr Богдан:Bohdan Дмитро:Dmytro Назар:Nazar Юрій:Yurii Остап:Ostap Сергій:Serhii",
  last: "Шевченко:Shevchenko|Коваленко:Kovalenko|Бондаренко:Bondarenko|Ткаченко:Tkachenko|Мельник:Melnyk|Кравчук:Kravchuk|Поліщук:Polishchuk|Лисенко:Lysenko|Савицький:Savytskyi/Савицька:Savytska|Гончар:Honchar|Іваненко:Ivanenko|Руденко:Rudenko",
};

export const greek: NameLists = {
  female:
    "Μαρία:Maria Ελένη:Eleni Κατερίνα:Katerina Βασιλική:Vasiliki Σοφία:Sofia Αγγελική:Angeliki Δήμητρα:Dimitra Ιωάννα:Ioanna Χριστίνα:Christina Θεοδώρα:Theodora",
  male: "Γιώργος:Giorgos Δημήτρης:Dimitris Νίκος:Nikos Κώστας:Kostas Γιάννης:Giannis Παναγιώτης:Panagiotis Χρήστος:Christos Βαγγέλης:Vangelis Στέλιος:Stelios Ανδρέας:Andreas",
  last: "Παπαδόπουλος:Papadopoulos/Παπαδοπούλου:Papadopoulou|Παπαγεωργίου:Papageorgiou|Οικονόμου:Oikonomou|Βλάχος:Vlachos/Βλάχου:Vlachou|Αγγελόπουλος:Angelopoulos/Αγγελοπούλου:Angelopoulou|Νικολάου:Nikolaou|Γεωργίου:Georgiou|Πετρίδης:Petridis/Πετρίδου:Petridou|Μακρής:Makris/Μακρή:Makri|Αντωνίου:Antoniou|Ζαφειρόπουλος:Zafeiropoulos/Ζαφειροπούλου:Zafeiropoulou|Σταθόπουλος:Stathopoulos/Σταθοπούλου:Stathopoulou",
};
