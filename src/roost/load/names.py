"""Plausible names in eight languages: a username in Latin letters, and a name as its owner writes it.

Usernames are unique: each language has surnames of its own, each of its combinations is given once, and then
once more with a number.
"""

import msgspec

_Part = tuple[str, str]
"""In Latin letters as usernames have them, and as it is written."""


class Name(msgspec.Struct, frozen=True):
    username: str
    display_name: str


class _Names(msgspec.Struct, frozen=True):
    given: tuple[_Part, ...]
    surnames: tuple[_Part, ...]
    between: str = " "
    surname_first: bool = False


def _parts(text: str) -> tuple[_Part, ...]:
    """From `anna=Anna`; what has no equals sign is written as its Latin form with a capital."""
    pairs = (word.partition("=") for word in text.split())
    return tuple((latin, written or latin.capitalize()) for latin, _, written in pairs)


_NAMES: dict[str, _Names] = {
    "en": _Names(
        _parts(
            "olivia noah amelia liam isla oliver ava george mia harry grace jack ruby leo ella theo hannah "
            "owen zoe caleb naomi ethan priya dylan aisha marcus chloe toby fiona reuben"
        ),
        _parts(
            "walker hughes patel bennett carter murphy fletcher okafor reid sutton harper lawson quinn "
            "barnes mcallister=McAllister whitlock chandra doyle everett pike ashworth tanner obrien=O’Brien "
            "sinclair brooks hale langley moss"
        ),
    ),
    "es": _Names(
        _parts(
            "lucia=Lucía hugo martina mateo sofia=Sofía pablo valeria diego carmen javier elena "
            "alvaro=Álvaro paula sergio ines=Inés adrian=Adrián marta ivan=Iván nuria raul=Raúl "
            "camila andres=Andrés ximena joaquin=Joaquín rocio=Rocío"
        ),
        _parts(
            "garcia=García fernandez=Fernández ruiz morales ortega castillo iglesias nunez=Núñez vidal "
            "herrera campos aguilar benitez=Benítez cordero pastor solis=Solís quintana robles salgado "
            "villanueva zamora prieto"
        ),
    ),
    "fr": _Names(
        _parts(
            "camille louis manon gabriel lea=Léa arthur chloe=Chloé jules ines=Inès hugo juliette nathan "
            "margaux theo=Théo clemence=Clémence antoine salome=Salomé bastien oceane=Océane remi=Rémi amina "
            "yanis elodie=Élodie maxime"
        ),
        _parts(
            "moreau lefebvre girard dubois fontaine mercier blanchard chevalier perrin roussel marchand "
            "renaud delorme gauthier lemoine besson picard aubert benali vasseur leclerc joubert"
        ),
    ),
    "de": _Names(
        _parts(
            "lena jonas emma finn hannah paul mia leon clara felix greta moritz johanna anton frieda jakob "
            "marlene emil lotte niklas katharina yusuf svenja tobias"
        ),
        _parts(
            "schneider fischer wagner becker hoffmann krueger=Krüger lehmann vogt brandt jaeger=Jäger seidel "
            "winkler lorenz boehm=Böhm kuhn reuter albrecht pohl sommer haas yilmaz=Yılmaz engel"
        ),
    ),
    "pt": _Names(
        _parts(
            "ana joao=João beatriz miguel mariana tiago leticia=Letícia rafael helena gustavo larissa bruno "
            "carolina vitor=Vítor isabela thiago fernanda caio rita duarte luana henrique catarina davi"
        ),
        _parts(
            "silva oliveira pereira almeida ferreira carvalho gomes ribeiro barbosa teixeira moreira cardoso "
            "nogueira azevedo magalhaes=Magalhães tavares pacheco figueiredo queiroz sampaio peixoto"
        ),
    ),
    "ja": _Names(
        _parts(
            "haruka=春香 sota=颯太 yui=結衣 ren=蓮 aoi=葵 haruto=陽翔 misaki=美咲 daiki=大輝 sakura=さくら "
            "kenta=健太 nanami=七海 takumi=拓海 rin=凛 yuto=悠斗 mio=美緒 shota=翔太 akari=明里 kaito=海斗 "
            "chihiro=千尋 naoki=直樹 hinata=ひなた ryo=涼"
        ),
        _parts(
            "sato=佐藤 suzuki=鈴木 takahashi=高橋 tanaka=田中 watanabe=渡辺 ito=伊藤 yamamoto=山本 "
            "nakamura=中村 kobayashi=小林 kato=加藤 yoshida=吉田 yamada=山田 sasaki=佐々木 matsumoto=松本 "
            "inoue=井上 kimura=木村 hayashi=林 shimizu=清水 mori=森 ikeda=池田 hashimoto=橋本 ogawa=小川"
        ),
        between="",
        surname_first=True,
    ),
    "ar": _Names(
        _parts(
            "layla=ليلى omar=عمر maryam=مريم yousef=يوسف nour=نور ahmad=أحمد salma=سلمى karim=كريم "
            "huda=هدى khaled=خالد rania=رانيا tariq=طارق dina=دينا hassan=حسن amal=أمل sami=سامي "
            "farah=فرح bilal=بلال yasmin=ياسمين anas=أنس"
        ),
        _parts(
            "haddad=حداد najjar=النجار khoury=خوري masri=المصري saleh=صالح rahman=الرحمن qasim=قاسم "
            "nasser=ناصر awad=عوض shami=الشامي zayed=زايد mansour=منصور darwish=درويش sabbagh=الصباغ "
            "taha=طه hamdan=حمدان bakri=البكري farouk=فاروق tamimi=التميمي ghanem=غانم"
        ),
    ),
    "ru": _Names(
        _parts(
            "anna=Анна ivan=Иван maria=Мария dmitry=Дмитрий sofia=София alexey=Алексей daria=Дарья "
            "maxim=Максим polina=Полина nikita=Никита olga=Ольга artem=Артём ksenia=Ксения pavel=Павел "
            "vera=Вера gleb=Глеб yulia=Юлия timur=Тимур nadia=Надя kirill=Кирилл"
        ),
        _parts(
            "shevchenko=Шевченко bondar=Бондарь melnik=Мельник koval=Коваль savchuk=Савчук moroz=Мороз "
            "lysenko=Лысенко romanenko=Романенко gritsenko=Гриценко zhuk=Жук belykh=Белых chernykh=Черных "
            "dolgikh=Долгих sedykh=Седых litvak=Литвак reznik=Резник tkach=Ткач gaidar=Гайдар "
            "kovalenko=Коваленко tereshko=Терешко"
        ),
    ),
}
_STEP = 389
"""A prime that divides no language's number of combinations: neighbours' names have nothing in common."""


def name_of(language: str, ordinal: int) -> Name:
    """The name of the user of a language who is `ordinal`th in it, from 0."""
    names = _NAMES[language]
    combinations = len(names.given) * len(names.surnames)
    again, place = divmod(ordinal, combinations)
    row, column = divmod(place * _STEP % combinations, len(names.surnames))
    (given_latin, given), (surname_latin, surname) = names.given[row], names.surnames[column]
    number = str(again + 1) if again else ""
    parts = (surname, given) if names.surname_first else (given, surname)
    return Name(f"{given_latin}_{surname_latin}{number}", names.between.join(parts))


assert all(len(names.given) * len(names.surnames) % _STEP for names in _NAMES.values())
