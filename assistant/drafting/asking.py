"""What a patient's question is about, in English and German, and what its "it" refers to."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from assistant.drafting.kinds import Kind, kinds_of, without_asking
from assistant.drafting.reading.things import CARE, PLACES, of_group, things_in, without_things
from assistant.drafting.reading.vocabulary import CONDITION, NAMELESS, OVERLAPS, condition_of, plain
from assistant.drafting.recommendation import SPECIALTY
from assistant.guarding.lexicon import word_set
from assistant.knowledge.terms import asked as asked_terms
from assistant.records import Turn


class Aspect(StrEnum):
    """What is asked of a thing."""

    SIZE = "size"
    PLACE = "place"
    COUNT = "count"
    COURSE = "course"
    RETURN = "return"
    SURENESS = "sureness"
    PRESENCE = "presence"
    MEANING = "meaning"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    ``subjects`` are the conditions it names or refers back to; ``rest`` are its other words of
    content, as stems; ``referring`` says that it only points ("it", "that word"),
    ``largest`` that it asks for the largest of several. ``things`` are places, findings and means
    it names (``reading.things``), ``words`` what is left of ``rest`` beside them, and ``kinds``
    the kinds of answer it wants.
    """

    text: str
    aspects: frozenset[Aspect]
    subjects: frozenset[str]
    rest: frozenset[str]
    referring: bool
    own: bool
    largest: bool = False
    things: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    words: frozenset[str] = frozenset()


_ASPECTS: tuple[tuple[Aspect, str], ...] = (
    (
        Aspect.SIZE,
        r"how (?:big|large|small|wide|thick)|how long (?:is|are) (?:it|they|this)|what size"
        r"|the size|its size|\w+'s size|diameter"
        r"|how many (?:mm|millimet\w+|cm|centimet\w+)|measure\w*|wie (?:groß|gross|klein|breit"
        r"|lang(?!e)|dick)|größe|grösse|durchmesser|wie viele? (?:mm|millimeter|zentimeter|cm)",
    ),
    (
        Aspect.PLACE,
        r"where|on both sides|auf beiden seiten|beidseits"
        r"|which (?:side|part|lobe|half|ear|hemisphere)|what (?:side|part of|lobe)"
        r"|left or (?:on |to )?(?:the )?right|located"
        r"|location|wo(?! wir)|(?:on|in) which (?:\w+ )?\w+ (?:is|are) (?:it|they)"
        r"|welche[rmn]? (?:seite|teil|lappen|hälfte|ohr)|links oder rechts"
        r"|an welcher stelle",
    ),
    (Aspect.COUNT, r"how many|what number|number of|wie viele?|anzahl"),
    (
        Aspect.RETURN,
        r"(?:come|comes|came|coming|grow|grown|growing) back|returned"
        r"|return(?! (?:visit|appointment|to))"
        r"|recur\w*|relapse\w*|(?:is|are) (?:it|they|the \w+) back|wiedergekommen"
        r"|zurückgekommen|wieder da|wiedergekehrt|nachgewachsen|rezidiv\w*"
        r"|zurück(?=\W*$)",
    ),
    (
        Aspect.COURSE,
        r"(?:has|have|did) (?:it|this|that|they|the \w+|anything|something)(?: \w+)? "
        r"(?:grown?|changed?|shrunk|stayed)|grown|bigger than|changed"
        r"|progressing|deteriorat\w+|schreitet .{0,25}(?:fort|voran)|fortgeschritten"
        r"|(?:stabil|unverändert|gleich) geblieben|any change"
        r"|compared (?:to|with)|since (?:the )?last|last (?:scan|time|mri)"
        r"|(?:get|gets|got|gotten|getting|become|became|becoming) (?:any )?(?:bigger|larger|smaller"
        r"|worse|better)|(?:is|are) (?:it|this|that|they|the \w+) (?:now |any )?(?:bigger|larger"
        r"|smaller|growing|shrinking|stable|unchanged|the same)|shrunk|larger than|smaller than"
        r"|(?:growing|shrinking)(?=\W*$)|any new ones?|new ones|stayed the same|dazugekommen"
        r"|hinzugekommen|größer als|kleiner als"
        r"|wächst|(?:größer|kleiner|stabil|unverändert)(?=\W*$)"
        r"|the same as before|gewachsen|größer geworden|kleiner geworden|verändert|geändert"
        r"|seit dem letzten|letzten? (?:mal|bild|mrt)|im vergleich|gleich geblieben|zugenommen",
    ),
    (
        Aspect.SURENESS,
        r"how (?:sure|certain)|(?:is|are) (?:it|that|this|they|you|the doctor) (?:\w+ )?(?:sure"
        r"|certain|confirmed|proven)|for sure|wie sicher|ist (?:das|es) (?:schon )?(?:sicher"
        r"|bestätigt|gesichert)|steht (?:das|es) fest",
    ),
    (
        Aspect.PRESENCE,
        r"^\W*(?:(?:and|but|so) )?(?:is|are|was|were) there|do i have|have i (?:got|had)|did i have"
        r"|any (?:sign|evidence|trace)s? of|did (?:they|you|the doctor) (?:find|see)"
        r"|(?:does|did) (?:it|the (?:scan|mri|report)|my (?:scan|mri|report)) (?:show|mention|say)"
        r"|^\W*(?:is|are) (?:it|this|that|they) (?:really )?(?:an? )?\w+\W*$"
        r"|^\W*ist (?:es|das) (?:wirklich )?eine? \w+\W*$"
        r"|^\W*(?:and |or )?(?:any|no) \w+\W*$|habe ich|hatte ich|gibt es|ist (?:da"
        r"|dort) (?:ein|eine|"
        r"etwas)|sieht man|(?:wurde|wurden) \w+ \w* ?(?:gefunden|gesehen)|zeigt (?:das|mein) \w+"
        r"|zeichen (?:für|von)|hinweise? auf|ist (?:ein|eine) \w+ (?:da|zu sehen|sichtbar)",
    ),
    (
        Aspect.NEXT,
        r"next step|is (?:it|this|that) urgent|ist (?:es|das) (?:dringend|eilig)|what (?:now|next)"
        r"|which (?:doctor|specialist|clinic)(?! (?:wrote|signed|looked"
        r"|made|read|did|has|is))|wohin (?:soll|muss)|what (?:should|must|do) (?:i|we) (?:need to |"
        r"have to )?do|what happens (?:now|next)|how (?:soon|often"
        r"|quickly|fast|urgent\w*)(?= (?:do|should|must|can|to|i)\b|\W*$)"
        r"|where (?:should|do|must) i (?:have to |"
        r"need to )?go|(?:do|will|must|should) i (?:\w+ )?(?:need|have|get|go|see|come|make|book)"
        r" .{0,30}(?:another|again|further|next|back|scan|mri|specialist|appointment|neuro\w+"
        r"|gp\b|family doctor|practitioner"
        r"|follow"
        r"|surgeon|check\w*)|(?:what|when|whom|which)\b.{0,30} (?:recommend|suggest|advise"
        r"|refer)\w*|was (?:soll|muss) ich (?:jetzt|nun|als|machen|tun)|was passiert (?:jetzt|nun"
        r"|als)|brauche ich .{0,30}(?:mrt|kontrolle|termin|untersuchung)|wiederkommen|empfohlen"
        r"|empfiehlt|empfehlung\w*|überwiesen|überweisung"
        r"|who (?:should|do|must|can) i (?:have to |need to )?(?:see|go|call|ask|contact)"
        r"|wann (?:soll|muss) ich|wie (?:bald|schnell|dringend|oft) (?:soll|muss|ist)"
        r"|(?:soll|muss|sollte) ich .{0,30}(?:mrt|arzt|wieder|kontroll\w*|termin)"
        r"|was (?:soll|muss) .{0,30}(?:kontrolliert|gemacht|untersucht|getan) werden"
        r"|(?:muss|soll|sollte) .{0,30}kontrolliert werden|wie geht es .{0,12}weiter"
        r"|what tests? (?:did|do|does)"
        r"|when (?:is|should|do|must|will) .{0,40}(?:next|follow-?up|control|again|see|go)"
        r"|follow-?up|i (?:\w+ ){0,3}(?:come|go) back|nächste[rnms]? schritt|wie geht es weiter"
        r"|welche[rnm]? (?:arzt|ärztin"
        r"|facharzt)|zu wem|wann .{0,30}(?:kontrolle|wieder|nächste|termin|muss ich)|kontrolle",
    ),
    (
        Aspect.MEANING,
        r"what (?:is|are|'s|does|do)|mean(?:s|ing)?|explain|define|tell me about|what kind of thing"
        r"|was (?:ist(?! mit)|sind|heißt|heisst|bedeute[nt]?|versteht)|bedeutung"
        r"|erklär\w*|erklaer\w*",
    ),
)
_ASPECT = tuple(
    (aspect, re.compile(rf"\b(?:{words})\b|^(?:{words})")) for aspect, words in _ASPECTS
)
_PATIENT_WORDS: tuple[tuple[str, str], ...] = (
    (
        "bleeding",
        r"blood(?! (?:vessel|pressure|test|thinner|suppl|flow|count))|bled|geblutet|blut(?:et)?\b",
    ),
    ("growth", r"lumps?|growths?|wucherung(?:en)?|geschwulst"),
    ("lesion", r"spots?|flecken?|fleck|stellen?"),
    (
        "hydrocephalus",
        r"water on the brain|too much (?:brain )?(?:water|fluid)|zu viel (?:hirn)?wasser"
        r"|wasser im kopf|wasserkopf",
    ),
    ("wide-ventricles", r"ventricles?|hirnkammern?|ventrikel|fluid spaces"),
    (
        "atrophy",
        r"(?:brain|hippo[ck]ampus) (?:\w+ ){0,2}(?:shrunk\w*|shrinking)|shrunken (?:brain|head)"
        r"|(?:gehirn|hirn|hippo[ck]ampus) (?:\w+ ){0,4}geschrumpft|hirnschwund|schwund",
    ),
    ("oedema", r"(?:water|fluid) around|wasser um|swollen|schwellung|geschwollen"),
    ("normal", r"normal|healthy|all right|okay|in ordnung|gesund|unauffällig"),
    ("ms-lesions", r"\bms\b"),
    ("shift", r"midline|mittellinie|pushed|verschoben"),
    ("mass-effect", r"press(?:es|ing|ed)? on|(?<!blood )(?<!normal )pressure|drückt|druck auf"),
    (
        "white-matter",
        r"white (?:matter|spots?|dots?)|weißen? (?:substanz|flecken|punkte)|marklager",
    ),
    ("hippocampus", r"hippo[ck]ampus"),
    ("sinus", r"sinus(?:es)?|nebenhöhlen?|nasennebenhöhlen?"),
    ("metastasis", r"spread from|absiedlung\w*|tochtergeschw\w+"),
    ("pituitary", r"pituitary(?: gland)?|hypophyse|hirnanhangdrüse"),
)
_PATIENT = re.compile(
    "|".join(rf"(?P<w{n}>\b(?:{words}))" for n, (_, words) in enumerate(_PATIENT_WORDS))
)
_POINTS = re.compile(
    r"\b(?:it|its|that|this|they|them|these|those|the (?:thing|word|same)|(?:that"
    r"|this) (?:word|term"
    r"|thing|one)|es|er|sie|das|dies\w*|davon|dafür|dieses wort|das wort|das ding|ihn|ihm)\b"
)
_OWN = re.compile(r"\b(?:my|mine|i|me|it|mein\w*|ich|mir|mich|bei mir|es)\b")
_GENERIC = word_set(
    "mri scan report result finding doctor image picture brain head word term thing lesion spot "
    "now exactl realli actuall just still also again mrt bild befund arzt kopf gehirn ding genau "
    "denn eigentlich noch jetzt schon sehen stehen sagen see find found show written steht zeigt "
    "say tell one right left links rechts seit many viel sure sicher mm millimet part side hirn "
    "aufnahm untersuchung ergebnis ergebni gefund geseh tatsachlich ganz ander last letzt time mal "
    "grow grown chang becom get big larg small gross klein breit wide sign zeich trac evidenc all "
    "alles everyth soll sollt should ins specialist spezialist facharzt geh gehen lieg liegt use "
    "both side beid seit place appointment termin sit sits lies around about over clinic klinik "
    "praxis fine okay ordnung well besser mal doing steht machen mach wohin hin clinics there here "
    "biggest largest smallest one ones altogether total count counted number together exact befor "
    "before previous earlier than compared affected affect measured size far gezahlt zahlt "
    "insgesamt zusammen vorher fruher grosste grossten kleinste genaue entdeckt vorhanden misst "
    "betroffen weiter behandl behandeln need soon brauch braucht exactly seen wurden worden after "
    "been same next noted visible present currently entir approximately roughly etwa ungefahr "
    "sichtbar back tun mach do dann nun zustandig quick quickly urgent urgently often someone "
    "anybody somebody speak talk call contact treat jed jahr year bald schnell dringend oft "
    "kontrolliert untersucht kontrolle uberwies uberweisung uberwiesen test pictur "
    "picture imag thing things "
    "actually anything something somewhere etwas irgend dafur davon dagegen ok right part parts "
    "quite really very too much alright trouble healthy health hat hast haben look looked looking "
    "trotzdem eigentlich gegeben used use get got gotten taken while "
    "during wahrend made make later spater most mehr more stimmt stimm befallen spread type "
    "bekommen zeigen show shown showed mentioned mention point marked markiert area region bereich "
    "stell stelle middle mitt mitte high low zuvor bisher beim bei worse damaged diseased wrong "
    "abnormal bad krank geschadigt verletzt beschadigt nachst nachste compare gerat machin "
    "vorgeschlag vorgeschlagen empfohl empfohlen suggest recommend advis komm kommt kommen welchem "
    "welchen problem worry worried worrying gefahr mus muss werd werden concern concerned"
)
_LARGEST = re.compile(r"\b(?:biggest|largest|the most|am meisten|größte[rnsm]?|grösste[rnsm]?)\b")
_THAN_USUAL = re.compile(
    r"\b(?:than (?:normal|usual|expected|it should|they should)|als (?:normal|üblich|sonst)"
    r"|for my age|für mein alter)\b"
)
_OF_THE_REPORT = re.compile(
    r"\bmy (?!(?:doctor|report|scan|mri|result)\b)|\bwrong with\b|\blike(?=\W*$)"
    r"|\b(?:say|says|said|show|shows|write|mention) (?:\w+ )?(?:about|on|of) "
    r"|\bthe \w+ (?:around|in|on|under|behind) (?:the|my) |\bmein\w* (?!arzt|ärztin|befund|bericht)"
)
_MEANS = re.compile(r"\b(?:means?|meaning|bedeute[tn]?|bedeutung|heißt|heisst|word|wort|begriff)\b")
_BY_HOW_MUCH = re.compile(r"\b(?:how much|wie viel)\b")
_MILLIMETRES = re.compile(r"how many (?:mm|milli|cm|centi)|wie viele? (?:mm|milli|cm|zenti)")
_TOLD_OF_A_THING = frozenset(
    {Aspect.SIZE, Aspect.PLACE, Aspect.COUNT, Aspect.COURSE, Aspect.RETURN, Aspect.SURENESS}
)
_OWNED = re.compile(r"\b(?:the|my|der|die|das|den|mein\w*) (\w+)")
_SWOLLEN = ("oedema", "sinus")
"""Who asks for a swelling may mean that of the sinuses."""
_LOOK_BACK = 6


def understood(text: str, history: Sequence[Turn] = (), *, language: str = "en") -> Question:
    """A question taken apart; one that only points takes its subject from what was said last."""
    message = plain(text)
    aspects = {aspect for aspect, pattern in _ASPECT if pattern.search(message)}
    subjects = named(message)
    rest = _rest(message, language)
    points = bool(_POINTS.search(message)) or not rest
    kinds = kinds_of(message)
    largest = bool(_LARGEST.search(message))
    referring = points and not subjects and not rest
    if referring and history:
        subjects = _last_named(history)
    aspects = _settled(aspects, message, subjects, kinds, largest=largest)
    return Question(
        text=message,
        aspects=frozenset(aspects),
        subjects=frozenset(subjects),
        rest=frozenset(rest),
        referring=referring,
        own=bool(_OWN.search(message)),
        largest=largest,
        things=_things(message, aspects),
        kinds=kinds,
        words=frozenset(_rest(without_things(without_asking(message)), language)),
    )


def names_something(question: Question) -> bool:
    """Whether a question names a place, finding, means or condition a report may speak of.

    Whether all is normal names none; what is to be done is no finding, nor what a word means.
    """
    if question.aspects & {Aspect.NEXT, Aspect.MEANING}:
        return False
    return bool(question.things - of_group(question.things, CARE) or question.subjects - {"normal"})


def _settled(
    found: Set[Aspect], message: str, subjects: Set[str], kinds: Set[Kind], *, largest: bool
) -> set[Aspect]:
    """What is asked, where the words for one aspect stand inside those for another."""
    aspects = set(found)
    if Aspect.NEXT in aspects:
        aspects -= {Aspect.PLACE, Aspect.RETURN}  # "where should I go", "when do I come back"
    if Kind.CAUSE in kinds:
        aspects.discard(Aspect.PLACE)  # "woher", "where does it come from"
    if Aspect.RETURN in aspects:
        aspects -= {Aspect.COURSE, Aspect.PRESENCE}
    if largest and not aspects & _TOLD_OF_A_THING:
        aspects.add(Aspect.SIZE)
    if Aspect.SIZE in aspects and _MILLIMETRES.search(message):
        aspects.discard(Aspect.COUNT)
    if Aspect.COURSE in aspects and _BY_HOW_MUCH.search(message):
        aspects.discard(Aspect.COUNT)
    if "atrophy" in subjects or _THAN_USUAL.search(message):
        aspects.discard(Aspect.COURSE)
    of_report = _OF_THE_REPORT.search(message) and not _MEANS.search(message)
    if of_report or aspects & _TOLD_OF_A_THING:
        aspects.discard(Aspect.MEANING)
    return aspects


def named(text: str) -> set[str]:
    """The conditions a text names, in a doctor's or a patient's words."""
    message = plain(text)
    found = {condition_of(match) for match in CONDITION.finditer(message)}
    taken = CONDITION.sub(" ", message)
    for match in _PATIENT.finditer(taken):
        found.add(_PATIENT_WORDS[int(str(match.lastgroup)[1:])][0])
    return found


def strictly_named(text: str) -> set[str]:
    """The conditions a report's sentence names in a doctor's words alone."""
    return {condition_of(match) for match in CONDITION.finditer(plain(text))}


def speaks_of(subject: str, text: str) -> bool:
    """Whether a sentence is about a condition; that it names the ventricles is not enough."""
    written = strictly_named(text) if subject == "hydrocephalus" else named(text)
    return any(about(subject, one) for one in written)


def about(subject: str, condition: str) -> bool:
    """Whether a sentence that names a condition is about what was asked for."""
    if condition in OVERLAPS.get(subject, frozenset()) or subject == condition:
        return True
    pair = {subject, condition}
    return pair <= {"hydrocephalus", "wide-ventricles"} or (subject, condition) == _SWOLLEN


def _things(message: str, aspects: Set[Aspect]) -> frozenset[str]:
    """What a question names besides conditions: "old stroke" is one thing, and a condition."""
    found = things_in(CONDITION.sub(" ", message)) | of_group(things_in(message), PLACES)
    if aspects & {Aspect.SIZE, Aspect.COURSE}:
        found -= {"earlier"}  # "how big is it compared to before"
    return found


def _owned(match: re.Match[str]) -> str:
    """What a way of asking has between its words: "has the liver grown" asks for the liver."""
    return f" {' '.join(_OWNED.findall(match[0]))} "


def _rest(message: str, language: str) -> set[str]:
    """Words of content that are neither part of a subject nor of the way of asking."""
    left = _PATIENT.sub(" ", CONDITION.sub(" ", message))
    for aspect, pattern in _ASPECT:
        left = pattern.sub(" " if aspect is Aspect.NEXT else _owned, left)
    left = _POINTS.sub(" ", left)
    left = SPECIALTY.sub(" ", left)
    generic = _generic(language)
    return {word for word in asked_terms(left, language) if word not in generic and len(word) > 2}


@cache
def _generic(language: str) -> frozenset[str]:
    """Words that say nothing of what is asked for, also as the search writes them."""
    lines = (resources.files("resources") / "lay" / "everyday.txt").read_text("utf-8").splitlines()
    everyday = " ".join(line for line in lines if not line.startswith("#"))
    written = f"{' '.join(sorted(_GENERIC))} {everyday}"
    return _GENERIC | frozenset(asked_terms(written, language))


def _last_named(history: Sequence[Turn]) -> set[str]:
    """What the patient asked about last; else what the assistant's newest message names first."""
    recent = history[-_LOOK_BACK:]
    for newest in reversed([turn for turn in recent if turn.speaker == "patient"]):
        if found := named(newest.text):
            return found
        break
    for turn in reversed(recent):
        message = plain(turn.text)
        firsts = [condition_of(match) for match in CONDITION.finditer(message)]
        special = [one for one in firsts if one not in NAMELESS | {"normal"}]
        if special or firsts:
            return {(special or firsts)[0]}
    return set()
