/** Given and family names from the Levant to Japan, as `written:Latin letters`. */
import type { NameLists } from "./parse.ts";

export const arabic: NameLists = {
  female:
    "فاطمة:Fatima عائشة:Aisha مريم:Maryam نور:Nour ليلى:Layla سارة:Sara هدى:Huda ياسمين:Yasmin سلمى:Salma رانيا:Rania زينب:Zainab دعاء:Doaa",
  male: "محمد:Mohamed أحمد:Ahmed عمر:Omar يوسف:Youssef خالد:Khaled علي:Ali حسن:Hassan طارق:Tarek كريم:Karim سامي:Sami إبراهيم:Ibrahim مصطفى:Mostafa",
  last: "المصري:Elmasry|حداد:Haddad|خوري:Khoury|الهاشمي:Alhashimi|منصور:Mansour|النجار:Alnajjar|العلوي:Alaoui|بن سعيد:Bensaid|الفاسي:Elfassi|عبد الله:Abdallah|شاهين:Shaheen|سليمان:Soliman|الزهراني:Alzahrani|قاسم:Qasim|درويش:Darwish",
};

export const hebrew: NameLists = {
  female:
    "נועה:Noa תמר:Tamar מאיה:Maya שירה:Shira יעל:Yael מיכל:Michal רוני:Roni אביגיל:Avigail הילה:Hila עדי:Adi",
  male: "דוד:David איתי:Itai יונתן:Yonatan אורי:Uri נועם:Noam עומר:Omer אריאל:Ariel גיא:Guy יוסי:Yossi עמית:Amit",
  last: "כהן:Cohen|לוי:Levi|מזרחי:Mizrahi|פרץ:Peretz|ביטון:Biton|דהן:Dahan|אברהם:Avraham|פרידמן:Friedman|מלכה:Malka|אזולאי:Azoulay|כץ:Katz|גולן:Golan|בן דוד:Bendavid|שפירא:Shapira",
};

export const hindi: NameLists = {
  female:
    "आरती:Aarti प्रिया:Priya अनन्या:Ananya काव्या:Kavya नेहा:Neha पूजा:Pooja दीपिका:Deepika मीरा:Meera सुनीता:Sunita इशिता:Ishita",
  male: "आरव:Aarav रोहन:Rohan अर्जुन:Arjun विवेक:Vivek राहुल:Rahul संजय:Sanjay अमित:Amit कार्तिक:Kartik निखिल:Nikhil देव:Dev",
  last: "शर्मा:Sharma|वर्मा:Verma|गुप्ता:Gupta|सिंह:Singh|यादव:Yadav|मिश्रा:Mishra|पटेल:Patel|जोशी:Joshi|अय्यर:Iyer|नायर:Nair|चौधरी:Chaudhary|मेहता:Mehta|कुलकर्णी:Kulkarni|त्रिपाठी:Tripathi",
};

export const chinese: NameLists = {
  female:
    "怡君:Yi-Chun 雅婷:Ya-Ting 欣怡:Hsin-Yi 詩涵:Shih-Han 佳穎:Chia-Ying 淑芬:Shu-Fen 郁婷:Yu-Ting 心怡:Xin-Yi",
  male: "家豪:Chia-Hao 志明:Chih-Ming 俊傑:Chun-Chieh 建宏:Chien-Hung 承翰:Cheng-Han 冠宇:Kuan-Yu 宗翰:Tsung-Han 柏翰:Po-Han",
  last: "陳:Chen|林:Lin|黃:Huang|張:Chang|李:Li|王:Wang|吳:Wu|劉:Liu|蔡:Tsai|楊:Yang|許:Hsu|鄭:Cheng",
};

export const korean: NameLists = {
  female:
    "서연:Seoyeon 지우:Jiwoo 민서:Minseo 하은:Haeun 수빈:Subin 은지:Eunji 유진:Yujin 채원:Chaewon 소영:Soyoung 미경:Mikyung",
  male: "민준:Minjun 서준:Seojun 도윤:Doyun 지훈:Jihoon 현우:Hyunwoo 성민:Sungmin 준호:Junho 태양:Taeyang 영수:Youngsoo 동현:Donghyun",
  last: "김:Kim|이:Lee|박:Park|최:Choi|정:Jung|강:Kang|조:Cho|윤:Yoon|장:Jang|임:Lim|한:Han|오:Oh|서:Seo|신:Shin",
};

export const japanese: NameLists = {
  female:
    "さくら:Sakura 陽菜:Hina 結衣:Yui 美咲:Misaki 愛子:Aiko 葵:Aoi 千尋:Chihiro 由美子:Yumiko 真理:Mari 恵:Megumi 直美:Naomi 七海:Nanami",
  male: "蓮:Ren 大翔:Hiroto 健太:Kenta 翔太:Shota 大輔:Daisuke 拓海:Takumi 直樹:Naoki 悠斗:Yuto 浩:Hiroshi 隆:Takashi 誠:Makoto 亮:Ryo",
  last: "佐藤:Sato|鈴木:Suzuki|高橋:Takahashi|田中:Tanaka|伊藤:Ito|渡辺:Watanabe|山本:Yamamoto|中村:Nakamura|小林:Kobayashi|加藤:Kato|吉田:Yoshida|山田:Yamada|佐々木:Sasaki|松本:Matsumoto|井上:Inoue|木村:Kimura",
};
