/** Given and family names, north and west. `m/f`: a family name that changes with its bearer. */
import type { NameLists } from "./parse.ts";

export const irish: NameLists = {
  female:
    "Aoife Niamh Saoirse Ciara Róisín Caoimhe Sinéad Gráinne Orla Emer Clodagh Maeve Deirdre Siobhán Nora Fionnuala Áine Eimear Bríd Úna",
  male: "Seán Conor Cian Oisín Fionn Pádraig Darragh Eoin Rory Cathal Declan Ronan Tadhg Diarmuid Brendan Lorcan Niall Colm Donal Kieran",
  last: "Murphy|Byrne|Kelly|O'Sullivan|Walsh|O'Connor|O'Neill|Doyle|McCarthy|Gallagher|Doherty|Kennedy|Lynch|Murray|Quinn|Moore|McLoughlin|Carroll|Connolly|Daly|Dunne|Brennan|Burke|Collins|Fitzgerald|Nolan|Farrell|Ní Dhomhnaill|Mac Giolla|Hegarty",
};

export const english: NameLists = {
  female:
    "Olivia Amelia Isla Ava Freya Grace Poppy Florence Evie Harriet Charlotte Eleanor Imogen Phoebe Beatrice Rosie Hannah Priya Zara Naomi",
  male: "Oliver George Harry Noah Jack Leo Arthur Theo Alfie Edward Thomas William Samuel Henry Isaac Owen Callum Rhys Hamish Kwame",
  last: "Smith|Jones|Taylor|Brown|Williams|Wilson|Johnson|Davies|Patel|Wright|Walker|White|Edwards|Hughes|Green|Hall|Lewis|Harris|Clarke|Jackson|Wood|Turner|Hill|Cooper|Ward|Morris|Okafor|Begum|Campbell|Stewart|MacDonald|Llewellyn",
};

export const american: NameLists = {
  female:
    "Emma Sophia Mia Abigail Madison Chloe Avery Scarlett Aaliyah Hazel Brooklyn Savannah Camila Destiny Jasmine",
  male: "Liam James Benjamin Mason Ethan Logan Caleb Mateo Wyatt Julian Xavier Dylan Elijah Malik Austin",
  last: "Johnson|Miller|Garcia|Davis|Rodriguez|Martinez|Anderson|Thompson|Robinson|Nguyen|Washington|Kim|Cohen|Schneider|Reyes|Bennett|Foster|Hayes|Whitaker|Delgado",
};

export const german: NameLists = {
  female:
    "Anna Lena Hannah Sophie Marie Emilia Clara Johanna Katharina Julia Franziska Greta Frieda Charlotte Susanne Birgit Ulrike Käthe Heike Zeynep",
  male: "Lukas Jonas Felix Maximilian Paul Moritz Jakob Matthias Jürgen Günther Björn Sebastian Florian Tobias Uwe Wolfgang Emil Kilian Jörg Emre",
  last: "Müller|Schmidt|Schneider|Fischer|Weber|Meyer|Wagner|Becker|Schulz|Hoffmann|Schäfer|Koch|Bauer|Richter|Klein|Wolf|Schröder|Neumann|Schwarz|Zimmermann|Braun|Krüger|Hofmann|Hartmann|Lange|Weiß|Groß|Köhler|Jäger|Yılmaz",
};

export const dutch: NameLists = {
  female: "Sanne Fleur Lotte Femke Anouk Maaike Iris Roos Noor Eva Mila Jolien Marijke Saskia",
  male: "Daan Sem Bram Lars Thijs Jeroen Ruben Sander Joris Pieter Koen Maarten Niels Wouter",
  last: "de Jong|Jansen|de Vries|van den Berg|van Dijk|Bakker|Visser|Smit|Meijer|Mulder|de Boer|Bos|Vos|Peters|Hendriks|van Leeuwen|Dekker|Brouwer|Kuipers|Aydın",
};

export const swedish: NameLists = {
  female: "Alva Ebba Elsa Saga Astrid Linnéa Freja Signe Åsa Märta Ingrid Tuva",
  male: "Hugo Axel Elias Nils Viktor Björn Göran Lars Måns Anton Gustav Åke",
  last: "Andersson|Johansson|Karlsson|Nilsson|Eriksson|Larsson|Olsson|Persson|Svensson|Gustafsson|Lindström|Bergqvist|Sjöberg|Åkesson|Öberg|Lundgren",
};

export const french: NameLists = {
  female:
    "Camille Léa Manon Chloé Inès Jade Louise Zoé Élise Margaux Juliette Amélie Hélène Noémie Aurélie Fatou Océane Solène",
  male: "Lucas Hugo Louis Théo Raphaël Gabriel Jules Antoine Clément Rémi Étienne Baptiste Mathéo Loïc Yanis François Sébastien Maël",
  last: "Martin|Bernard|Dubois|Thomas|Robert|Petit|Durand|Leroy|Moreau|Simon|Laurent|Lefèvre|Michel|Garcia|David|Bertrand|Roux|Fournier|Girard|Lambert|Bonnet|Rousseau|Blanchard|Benali|Traoré|d'Aubigné",
};

export const italian: NameLists = {
  female:
    "Giulia Sofia Aurora Ginevra Alice Beatrice Chiara Francesca Martina Elena Federica Ilaria Giada Noemi",
  male: "Leonardo Francesco Alessandro Lorenzo Mattia Andrea Gabriele Riccardo Davide Niccolò Giosuè Matteo Pietro Tommaso",
  last: "Rossi|Russo|Ferrari|Esposito|Bianchi|Romano|Colombo|Ricci|Marino|Greco|Bruno|Gallo|Conti|De Luca|Mancini|Costa|Giordano|Rizzo|Lombardi|Moretti|D'Angelo",
};

export const spanish: NameLists = {
  female: "Lucía Sofía Martina María Paula Valeria Carmen Inés Noelia Rocío Itziar Montserrat Begoña Ángela",
  male: "Hugo Martín Mateo Álvaro Adrián Íñigo Javier Sergio Raúl Andrés Joaquín Óscar Iker Jesús",
  last: "García López|Martínez|Rodríguez|Fernández|González Ruiz|Sánchez|Pérez|Gómez|Jiménez|Muñoz|Álvarez|Romero|Núñez|Iglesias|Ibáñez|Etxeberria|Puig|Castaño|Peña|Ordóñez",
};

export const portuguese: NameLists = {
  female:
    "Maria Leonor Beatriz Matilde Inês Mariana Carolina Luísa Júlia Conceição Benedita Iara Flávia Assunção",
  male: "João Francisco Santiago Tomás Gonçalo Duarte Vicente Simão Caetano Thiago Vinícius Luís Sebastião Caio",
  last: "Silva|Santos|Ferreira|Pereira|Oliveira|Costa|Rodrigues|Martins|Sousa|Fernandes|Gonçalves|Gomes|Lopes|Araújo|Simões|Magalhães|Brandão|Conceição|de Almeida|Nóbrega",
};
