"""Words of time in English and German, turned into tokens that mean the same in both.

A token is a kind, or a kind and its value: ``WD4`` is Friday, ``MO3`` March, ``N18`` the number,
``O18`` the eighteenth, ``D2`` the day after tomorrow, ``C15:30`` a time of day, ``x`` any other
word. `assistant.tools.dates` reads wishes from them and knows no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.guarding.lexicon import word_set

_LONG = 5
_LONG_ENOUGH_FOR_TWO = 8
_ANY_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_KEPT = re.compile(r"[A-Z]+(?:\d+(?:[.:]\d+)*)?")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How one language says times.

    ``rules`` turn words into tokens, in that order; words to drop; long words that are recognised
    with a slip of the pen.
    """

    rules: tuple[tuple[re.Pattern[str], str], ...]
    dropped: frozenset[str]
    long_words: frozenset[str]


def tokens(text: str, language: str = "en") -> list[str]:
    """The tokens of a text; a language that is not known is read as English."""
    vocabulary = VOCABULARIES.get(language, VOCABULARIES["en"])
    plain = text.lower().replace("’", "'").replace("–", "-")
    said = f" {' '.join(_spelt(word, vocabulary.long_words) for word in plain.split())} "
    for pattern, token in vocabulary.rules:
        if pattern.search(said):
            said = f" {' '.join(pattern.sub(token, said).split())} "
    found = []
    for match in re.finditer(rf"{_KEPT.pattern}|{_ANY_WORD.pattern}", said):
        word = match[0]
        if word[0].isupper():
            found.append(word)
        elif word not in vocabulary.dropped:
            found.append("x")
    return [
        one
        for place, one in enumerate(found)
        if one != "THE" or (place + 1 < len(found) and found[place + 1][:1] == "O")
    ]


def _spelt(word: str, known: frozenset[str]) -> str:
    """The word, or the long word of time it most likely was meant to be .

    One slip is forgiven, and two in eight letters.
    """
    bare = word.strip(",.;:!?")
    if len(bare) < _LONG or bare in known or bare.rstrip("s") in known:
        return word
    near = process.extractOne(
        bare,
        known,
        scorer=OSA.normalized_similarity,
        score_cutoff=0.75 if len(bare) >= _LONG_ENOUGH_FOR_TWO else 0.8,
    )
    return word.replace(bare, near[0]) if near and near[0][0] == bare[0] else word


def _rule(words: str, token: str) -> tuple[re.Pattern[str], str]:
    return re.compile(rf"(?<![\w']){words}(?![\w'])"), f" {token} "


def _numbered(names: Iterable[str], token: str, first: int) -> list[tuple[re.Pattern[str], str]]:
    """Rules for a row of names that count up; a name may hold alternatives."""
    return [_rule(f"(?:{name})", f"{token}{value}") for value, name in enumerate(names, first)]


_BEFORE_A_DAY = word_set(
    "on by the from to and after before until am ab den der vom bis zum dem nach vor und"
)
_LEADS_TO_A_DAY = f"(?:{'|'.join(f'(?<= {word} )' for word in sorted(_BEFORE_A_DAY))})"


def _written_dates() -> list[tuple[re.Pattern[str], str]]:
    """Dates and times in figures, alike in both languages."""
    end = r"(?![\d:])"
    return [
        (re.compile(rf"\b(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){end}"), r" F\3.\2.\1 "),
        (re.compile(rf"\b(\d{{1,2}})[./] ?(\d{{1,2}})[./] ?(20\d\d|\d\d){end}"), r" F\1.\2.\3 "),
        (re.compile(r"\b(\d{1,2})[:.](\d{2}) ?(?=uhr\b|h\b|[ap]\.?m\b)"), r" C\1:\2 "),
        (re.compile(r"(?<=\bat )(\d{1,2})\.(\d{2})\b"), r" C\1:\2 "),
        (re.compile(rf"\b(?:um|ab|gegen|bis) (\d{{1,2}})\.([0-5]\d){end}(?!\.)"), r" AT C\1:\2 "),
        (re.compile(r"\b(\d{1,2})\. ?(1[0-2]|0?[1-9])\.(?![\d:])"), r" F\1.\2.0 "),
        (re.compile(rf"{_LEADS_TO_A_DAY}(\d{{1,2}})\.(1[0-2]|0?[1-9])(?![\d.:])"), r" F\1.\2.0 "),
        (re.compile(rf"\b(\d{{1,2}})/(1[0-2]|0?[1-9]|[12]\d|3[01]){end}"), r" F\1.\2.0 "),
        (re.compile(r"\b(\d{1,2}):(\d{2})(?!\d)"), r" C\1:\2 "),
    ]


def _plain_numbers() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(r"(?<![\w.:])(20\d\d)\b"), r" Y\1 "),
        (re.compile(r"(?<![\w:.])(\d{1,3})(?![\w:])"), r" N\1 "),
    ]


_MOVES = (
    "(?:mov(?:e|ed|ing)|shift(?:ed|ing)?|reschedul(?:e|ed|ing)|rebook|switch(?:ed|ing)?|swap(?:ped)?"
    "|chang(?:e|ed|ing)|push(?:ed)?|postpon(?:e|ed|ing)|put(?= (?:\\w+ ){1,4}(?:off|back))"
    "|put (?:off|back)|bring(?= (?:\\w+ ){1,4}forward)|bring forward|delay)"
)
_PUT_OFF_UNTIL = re.compile(
    r"\b(?:postpon(?:e|ed|ing)|delay|push|put|hold)\b((?: [\w']+){0,5}?) (?:until|till)\b"
)
"""Words after which "until" names the day a visit is moved to."""

_EN_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
             "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
             "eighteen", "nineteen", "twenty")  # fmt: skip
_EN_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
                "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth",
                "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
                "twentieth")  # fmt: skip
_EN_TWENTIES = tuple(f"twenty[- ]{one}" for one in _EN_UNITS[:9])
_EN_TWENTIETHS = (*(f"twenty[- ]{one}" for one in _EN_ORDINALS[:9]), "thirtieth", "thirty[- ]first")
_EN_WEEKDAYS = ("monday|mon", "tuesday|tues?", "wednesday|weds?", "thursday|thu(?:rs?)?",
                "friday|fri", "saturday", "sunday")  # fmt: skip
_EN_MONTHS = ("january|jan", "february|feb", "march|mar", "april|apr", "(?!)", "june|jun",
              "july|jul", "august|aug", "september|sept?", "october|oct", "november|nov",
              "december|dec")  # fmt: skip

_ENGLISH = Vocabulary(
    rules=(
        *_written_dates(),
        (re.compile(r"(?<![\d:])(\d{1,2}) ?(a|p)\.?m\b\.?"), r" N\1 \2MERIDIEM "),
        (re.compile(r"(C\d+:\d+) *(a|p)\.?m\b\.?"), r"\1 \2MERIDIEM "),
        (re.compile(r"\baMERIDIEM"), "AM"),
        (re.compile(r"\bpMERIDIEM"), "PM"),
        (re.compile(r"\b(\d{1,2}) ?(?:st|nd|rd|th)\b"), r" O\1 "),
        (re.compile(r"\b(days?|weeks?|months?|fortnight|hours?)(?:'s?|s')? time\b"), r"\1"),
        (_PUT_OFF_UNTIL, r" MOVE \1 TO "),
        _rule(_MOVES, "MOVE"),
        _rule("(?:free|available)", "FREE"),
        _rule(
            "(?:the )?(?:exact )?same (?:week)?day(?= (?:of )?(?:the )?(?:next|following|a week|one"
            " week|two weeks|the week))",
            "SAMEDAY",
        ),
        _rule("from now", "FROMNOW"),
        _rule("(?:at the (?:very )?latest|latest(?= by))", "LATEST"),
        _rule("week(?: number)?(?:(?: of| commencing| starting| beginning)(?: on)?)+", "WEEKOF"),
        _rule("last(?= (?:week|WEEKOF|weekday|\\w+day) )", "LAST"),
        _rule("(?:the )?day after tomorrow", "D2"),
        _rule("tomorrow", "D1"),
        _rule("this(?= (?:morning|afternoon|evening|lunch))", "D0"),
        _rule("tonight", "D0 EVENING"),
        _rule("today", "D0"),
        _rule("(?:a |one )?fortnight", "N2 WEEK"),
        _rule("week after next", "OVERNEXT WEEK"),
        _rule("month after next", "OVERNEXT MONTH"),
        _rule("week after", "NEXT WEEK"),
        _rule("half past", "HALFPAST"),
        _rule("half(?= (?:\\d{1,2}|" + "|".join(_EN_UNITS[:12]) + ")\\b)", "HALFPAST"),
        _rule("(?:a )?quarter (?:past|after)", "QUARTERPAST"),
        _rule("(?:a )?quarter (?:to|before|of)", "QUARTERTO"),
        _rule("(?:around |about |at )?(?:noon|midday)", "NOON"),
        _rule("(?:(?:over|around|at|during) )?(?:lunch(?: ?time| break| hour)?)", "MIDDAY"),
        _rule(
            "(?:on or after|no sooner than|no earlier than|not before|not earlier than"
            "|starting(?: from| on| at)?|from)",
            "FROM",
        ),
        _rule(
            "(?:(?<!no )(?<!not )(?<!any )later th[ae]n|any ?time after|sometime after|after|past)",
            "AFTER",
        ),
        _rule(
            "(?:no(?:t any)? later th[ae]n|not after|not later th[ae]n|on or before"
            "|in (?:at most|no more than)|by|until|till|up to|before)",
            "BEFORE",
        ),
        _rule("(?:onwards?|or later|and later|at the earliest)", "ONWARDS"),
        _rule("(?:within|over|during|inside of)", "WITHIN"),
        _rule(
            "(?:in the )?(?:next|coming|following)(?= (?:\\w+ )?(?:days|weeks|months)\\b)", "WITHIN"
        ),
        _rule(
            "(?:do(?:es)?(?:n't| not)|can(?:'t|not| not)|won't) (?:work|suit|do|make|come)"
            "(?: for me)?(?: on)?",
            "NOT",
        ),
        _rule("in the next(?= week\\b)", "WITHIN"),
        _rule("(?:not|except|but not|other than|any ?day but|anything but)(?: on| in)?", "NOT"),
        _rule("between", "BETWEEN"),
        _rule("(?:and|&)", "AND"),
        (re.compile(r"(?<=\d) ?- ?(?=\d)|(?<=day) ?- ?(?=[a-z]+day)"), " TO "),
        _rule("(?:to|through|thru)", "TO"),
        _rule("or", "OR"),
        _rule("(?:early|beginning|start)(?: of| in)?", "EARLY"),
        _rule("(?:mid|middle)(?: of| in)?", "MID"),
        _rule("(?:late|end)(?: of| in)?", "LATE"),
        _rule("first thing", "EARLY MORNING"),
        _rule("mornings?", "MORNING"),
        _rule("afternoons?", "AFTERNOON"),
        _rule("(?:evenings?|nights?)", "EVENING"),
        _rule("(?:around|about|approximately|roughly|near)", "AROUND"),
        _rule("at", "AT"),
        _rule("(?:o'?clock|sharp)", "OCLOCK"),
        _rule("(?:next|following)", "NEXT"),
        _rule("coming", "COMING"),
        _rule("this", "THIS"),
        _rule("(?:every|any|each)", "EVERY"),
        _rule("weekends?", "WEEKEND"),
        _rule("(?:week ?days?|working days?|during the week)", "WORKDAY"),
        _rule("(?:calendar week|week)(?: number)?(?= \\d)", "KW"),
        _rule("days?", "DAY"),
        _rule("weeks?", "WEEK"),
        _rule("months?", "MONTH"),
        _rule("hours?", "HOURS"),
        _rule(
            "(?<=\\d )may|(?<=of )may|(?<=in )may|(?<=EARLY )may|(?<=MID )may|(?<=LATE )may"
            "|(?<=WEEKOF )may|may(?= (?:the )?(?:\\d|O\\d|Y))",
            "MO5",
        ),
        *_numbered(
            (
                f"(?:{one})s"
                for one in (
                    "monday",
                    "tuesday",
                    "wednesday",
                    "thursday",
                    "friday",
                    "saturday",
                    "sunday",
                )
            ),
            "EVERY WD",
            0,
        ),
        *_numbered((f"(?:{one})\\.?" for one in _EN_WEEKDAYS), "WD", 0),
        _rule("(?<=NEXT )sat|(?<=THIS )sat|(?<=on )sat", "WD5"),
        _rule("(?<=NEXT )sun|(?<=THIS )sun|(?<=on )sun", "WD6"),
        *_numbered((f"(?:{one})\\.?" for one in _EN_MONTHS), "MO", 1),
        *_numbered(_EN_TWENTIETHS, "O", 21),
        *_numbered(_EN_TWENTIES, "N", 21),
        _rule("thirty", "N30"),
        _rule("forty[- ]five", "N45"),
        *_numbered(_EN_ORDINALS, "O", 1),
        *_numbered(_EN_UNITS, "N", 1),
        _rule("(?:a couple of|couple of)", "N2"),
        _rule("(?:a few|some|several)", "N3"),
        _rule("(?:an?|one)", "A"),
        _rule("in", "IN"),
        _rule("on", "ON"),
        _rule("the", "THE"),
        *_plain_numbers(),
    ),
    dropped=word_set("of 's time times date day's please "),
    long_words=word_set(
        "monday tuesday wednesday thursday friday saturday sunday tomorrow morning "
        "afternoon evening january february march april august september october "
        "november december "
    ),
)

_DE_UNITS = ("ein", "zwei|zwo", "drei", "vier", "fünf|fuenf", "sechs", "sieben", "acht", "neun",
             "zehn", "elf", "zwölf|zwoelf", "dreizehn", "vierzehn", "fünfzehn|fuenfzehn",
             "sechzehn", "siebzehn", "achtzehn", "neunzehn", "zwanzig", "einundzwanzig",
             "zweiundzwanzig", "dreiundzwanzig", "vierundzwanzig")  # fmt: skip
_DE_ORDINALS = ("erste", "zweite", "dritte", "vierte", "fünfte|fuenfte", "sechste", "siebte",
                "achte", "neunte", "zehnte", "elfte", "zwölfte|zwoelfte", "dreizehnte",
                "vierzehnte", "fünfzehnte|fuenfzehnte", "sechzehnte", "siebzehnte", "achtzehnte",
                "neunzehnte", "zwanzigste", "einundzwanzigste", "zweiundzwanzigste",
                "dreiundzwanzigste", "vierundzwanzigste", "fünfundzwanzigste",
                "sechsundzwanzigste", "siebenundzwanzigste", "achtundzwanzigste",
                "neunundzwanzigste", "drei(?:ß|ss)igste", "einunddrei(?:ß|ss)igste")  # fmt: skip
_DE_WEEKDAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag|sonnabend",
                "sonntag")  # fmt: skip
_DE_SHORT_DAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
_DE_MONTHS = ("januar|jänner|jan", "februar|feber|feb", "märz|maerz|mrz|mär", "april|apr", "mai",
              "juni|jun|juno", "juli|jul", "august|aug", "september|sept?", "oktober|okt",
              "november|nov", "dezember|dez")  # fmt: skip
_DE_DAY = "(?:" + "|".join(_DE_WEEKDAYS) + ")"

_GERMAN = Vocabulary(
    rules=(
        *_written_dates(),
        (re.compile(r"\b(\d{1,2}) ?h\b"), r" N\1 OCLOCK "),
        (re.compile(r"\b(\d{1,2})s?te[nrs]?\b"), r" O\1 "),
        (re.compile(r"(?<![\d.:])(\d{1,2})\.(?=\s*\S)(?!\d)"), r" O\1 "),
        (re.compile(r"(?<=am |en |er |em |um |om |is |ns )(\d{1,2})\.(?!\d)"), r" O\1 "),
        (
            re.compile(rf"({_DE_DAY})s?(vormittag|nachmittag|abend|mittag|morgen|früh)s?\b"),
            r"\1 am \2",
        ),
        (re.compile(rf"\b({_DE_DAY})s?(?:termin|besuch)s?\b"), r"\1 termin"),
        (re.compile(rf"({_DE_DAY}) morgen\b"), r"\1 MORNING "),
        (
            re.compile(rf"\b({'|'.join(_DE_MONTHS[place] for place in range(12))})woche"),
            r"woche im \1",
        ),
        _rule(
            "(?:am |der |den )?(?:selben?|gleiche[nr]?|derselbe|denselben|demselben) (?:wochen)?tag"
            "(?= (?:in der |die |der )?(?:n(?:ä|ae)chste|kommende|folgende|darauf|eine woche"
            "|in einer woche|zwei wochen))",
            "SAMEDAY",
        ),
        _rule("bis auf", "NOT"),
        _rule("auf", "ONTO"),
        _rule("woche(?: vom| ab(?: dem)?| um(?: den)?| des| mit dem)", "WEEKOF"),
        _rule(f"letzte[nrsm]?(?= (?:woche|WEEKOF|{_DE_DAY}) )", "LAST"),
        _rule("(?:(?:von|ab) (?:heute|jetzt) an)(?= ge)", "FROMNOW"),
        _rule("(?:über|ueber)morgen", "D2"),
        _rule("morgen (?:früh|vormittag)", "D1 MORNING"),
        _rule("(?:am|jeden|frühen|heute) morgen", "MORNING"),
        _rule("heute früh", "D0 MORNING"),
        _rule("morgen", "D1"),
        _rule("heute", "D0"),
        _rule("(?:über|ueber)n(?:ä|ae)chste[nrsm]?", "OVERNEXT"),
        _rule(
            "(?:in )?(?:de[nrm]|die) (?:n(?:ä|ae)chsten|kommenden)"
            "(?= (?:\\w+ )?(?:tage|wochen|monate)n?\\b)",
            "WITHIN",
        ),
        _rule("(?:n(?:ä|ae)chste[nrsm]?|folgende[nrsm]?)", "NEXT"),
        _rule("kommende[nrsm]?", "COMING"),
        _rule("diese[nrsm]?", "THIS"),
        _rule("(?:jede[nrsm]?|irgendein(?:en|em)?|immer)", "EVERY"),
        _rule("dreiviertel|drei viertel", "THREEQUARTERS"),
        _rule("viertel nach", "QUARTERPAST"),
        _rule("viertel vor", "QUARTERTO"),
        _rule("viertel(?= \\w)", "QUARTERINTO"),
        _rule("halb", "HALFTO"),
        _rule("(?:um |gegen )?(?:zwölf uhr mittags)", "NOON"),
        _rule("(?:innerhalb(?: von| der| des)?|binnen|im laufe|während)", "WITHIN"),
        _rule("(?:frühestens(?: ab| um| am)?|nicht vor|ab|von)", "FROM"),
        _rule("(?:(?<!nicht )später als|nach)", "AFTER"),
        _rule(
            "(?:(?:bis )?(?:aller)?spätestens(?: bis| um| am| zum)*|nicht später als"
            "|nicht nach|höchstens|vor)",
            "BEFORE",
        ),
        _rule("bis(?: spätestens)?(?: zum)?", "TO"),
        _rule("(?:oder später|an aufwärts)", "ONWARDS"),
        _rule("(?:nicht|außer|ausser|kein(?:en|e|er)?|nur nicht)(?: am| an)?", "NOT"),
        _rule("(?:zwischen|vom)", "BETWEEN"),
        _rule("(?:und|&)", "AND"),
        _rule("oder", "OR"),
        (re.compile(r"(?<=\d) ?- ?(?=\d)"), " TO "),
        _rule("(?:anfang|beginn|frühe[nrsm]?)(?: der| des| von)?", "EARLY"),
        _rule("früh", "MORNING"),
        _rule("mitte(?: der| des| von)?", "MID"),
        _rule("(?:ende|sp(?:ä|ae)te[nrsm]?|am sp(?:ä|ae)ten)(?: der| des| von)?", "LATE"),
        _rule("vormittags?", "MORNING"),
        _rule("(?:morgens|in der früh)", "MORNING"),
        _rule("nachmittags?", "AFTERNOON"),
        _rule("(?:über |in der )?(?:mittags?(?:zeit|pause|s)?|mittagspause)", "MIDDAY"),
        _rule("(?:abends?|nachts)", "EVENING"),
        _rule("(?:gegen|ungefähr|circa|ca\\.?|etwa|so gegen)", "AROUND"),
        _rule("um", "AT"),
        _rule("uhr", "OCLOCK"),
        _rule("wochenenden?", "WEEKEND"),
        _rule("(?:werktags?|werktage|wochentags|unter der woche)", "WORKDAY"),
        _rule("(?:kw|kalenderwoche)(?= ?\\d)|kw", "KW"),
        _rule("tage?n?", "DAY"),
        _rule("wochen?", "WEEK"),
        _rule("monat(?:en?|s)?", "MONTH"),
        _rule("stunden?", "HOURS"),
        *_numbered((f"(?:{one})s" for one in _DE_WEEKDAYS), "EVERY WD", 0),
        *_numbered((f"(?:{one})" for one in _DE_WEEKDAYS), "WD", 0),
        *_numbered((f"(?<=am ){one}\\.?|(?<=NEXT ){one}\\.?" for one in _DE_SHORT_DAYS), "WD", 0),
        *_numbered((f"(?:{one})\\.?" for one in _DE_MONTHS), "MO", 1),
        *_numbered((f"(?:{one})[nrs]?" for one in _DE_ORDINALS), "O", 1),
        _rule("(?:ein paar|einigen?)", "N3"),
        _rule("ein(?= OCLOCK)|eins", "N1"),
        _rule("eine[mnrs]?|ein", "A"),
        *_numbered(_DE_UNITS[1:], "N", 2),
        _rule("(?:in|im)", "IN"),
        _rule("(?:am|an|den|dem|zum)", "ON"),
        _rule("(?:der|die|das)", "THE"),
        *_plain_numbers(),
    ),
    dropped=word_set("des bitte zeit termin "),
    long_words=word_set(
        "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
        "übermorgen vormittag nachmittag vormittags nachmittags nächste nächsten "
        "nächster januar februar april august september oktober november dezember "
    ),
)

VOCABULARIES = {"en": _ENGLISH, "de": _GERMAN}


def without(found: Sequence[str], taken: Iterable[int]) -> list[str]:
    """The tokens with those at some places blotted out, so that they are read once."""
    blotted = set(taken)
    return ["x" if place in blotted else token for place, token in enumerate(found)]
