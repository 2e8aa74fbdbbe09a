"""The consultation and the follow-up a report asks for, and the rules for where it asks nothing.

A rule names its source and date: the passage that is shown with it (``resources/knowledge``).
Where there is no source to name there is no rule. None of them speaks of treatment.
``recommend`` proposes a line for the doctor's draft; its time frames are this program's own
proposal, not reviewed by a clinician, and the doctor edits or deletes the line before signing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.drafting.reading.vocabulary import plain


class Term(StrEnum):
    """How a time is meant: not later than, or after."""

    WITHIN = "within"
    AFTER = "after"
    AT_LATEST = "at_latest"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What a sentence asks for: a consultation (``specialty``), a new ``scan``, or both.

    ``within`` is the time of it as number and unit ("2 weeks", "6-12 months"), empty if none is
    given. ``scan`` is mri, ct or scan.
    """

    specialty: str
    within: str
    sentence: str
    term: Term = Term.WITHIN
    urgent: bool = False
    scan: str = ""
    source: str = "report:Impression"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where people with a condition usually go: the specialty, and the passage with its source."""

    specialty: str
    passage: str


RULES: Mapping[str, Rule] = {
    "glioma": Rule("neurosurgery", "rule-glioma"),
    "pituitary": Rule("endocrinology", "rule-pituitary"),
    "microadenoma": Rule("endocrinology", "rule-pituitary"),
    "ms-lesions": Rule("neurology", "rule-ms"),
}

_PROPOSED = {
    "glioma": ("neurosurgery", "2 weeks"),
    "meningioma": ("neurosurgery", "2 weeks"),
    "pituitary": ("endocrinology", "4 weeks"),
    "": ("neurosurgery", "2 weeks"),
}

_SPECIALTIES: tuple[tuple[str, str], ...] = (
    ("neurosurgery", r"neurosurg\w+|neuro-surg\w+|brain surgeon|neurochirurg\w*"),
    ("endocrinology", r"endo[ck]rinolog\w*"),
    ("oncology", r"(?:neuro-?)?on[ck]olog\w*"),
    ("memory", r"memory clinic|gedächtnis\w*"),
    ("neurology", r"neurolog\w*"),
    (
        "ophthalmology",
        r"ophthalmolog\w*|eye (?:clinic|doctor)|augen(?:arzt|ärztin|heilkunde|klinik"
        r"|ärztlich\w*)|visual field (?:test|exam)\w*|gesichtsfeld\w*",
    ),
    ("ent", r"\bent\b|ear,? nose(?:,)? and throat|hno\b\S*|hals-nasen\S*"),
    ("psychiatry", r"psychiatr\w*"),
    ("cardiology", r"[ck]ardiolog\w*"),
    ("paediatrics", r"pa?ediatric\w*|pädiatr\w*|kinderarzt\w*"),
    (
        "general practice",
        r"general pract\w+|family (?:doctor|physician)|house doctor|\bgp\b"
        r"|hausarzt\w*|hausärzt\w*|allgemeinmedizin\w*",
    ),
    ("radiology", r"(?<!interventional )radiolog(?:y|ist|ie)\b"),
)
SPECIALTY = re.compile("|".join(rf"(?P<s{n}>\b(?:{w}))" for n, (_, w) in enumerate(_SPECIALTIES)))
_ACT = re.compile(
    r"\b(?:consult\w*|refer(?:ral|red|s)?\b|visit|appointment|follow[- ]?up|repeat"
    r"|surveillance|control|clinic"
    r"|review|seen?\b"
    r"|opinion|discuss\w*|evaluation|assessment|correlation|recommend\w*|advis\w+|suggest\w*"
    r"|vorstellung|vorstellig|überweisung|mitbeurteilung|konsil\w*|abklärung|termin|empf(?:iehlt"
    r"|ohlen|ehl\w*)|anbindung|beurteilung|\w*kontroll\w*)"
)
_SCAN = re.compile(
    r"\b(?:(?:follow-?up|repeat|control|surveillance|interval|further|another|serial)"
    r"(?: (?:brain|cranial|contrast-enhanced|head))? (?P<kind1>mri|mr|ct|scan|imaging|examination)"
    r"|(?P<kind2>mri|mr|ct|scan|imaging) (?:follow-?up|surveillance|control)"
    r"|(?P<kind3>mri|mr|ct) (?:is |should be )?(?:recommended|advised|repeated|suggested)"
    r"|(?P<kind4>mrt|mr|ct|bildgebend\w*)[- ]?(?:verlaufs)?kontroll\w*"
    r"|kontrolle [^;,]{0,30}\b(?:mittels|per|durch) (?P<kind6>mrt|mr|ct|bildgebung)\b"
    r"|(?:verlaufs-?|nach-?)?kontroll?(?:e|-)?(?: (?:mittels|im|per|durch|der"
    r"|mit))?(?: ein(?:er|es))?"
    r"[ -](?P<kind5>mrt|mr|ct|bildgebung)\b|(?P<bare>verlaufskontrolle|bildkontrolle))"
)
_NUMBER_WORDS = {
    word: str(number)
    for number, row in enumerate(
        ("one a an einem einer einen", "two zwei", "three drei", "four vier", "five fünf",
         "six sechs", "seven sieben", "eight acht", "nine neun", "ten zehn", "eleven elf",
         "twelve zwölf"), 1)
    for word in row.split()
}  # fmt: skip
_UNITS = {
    "day": "day", "tag": "day", "week": "week", "woche": "week", "month": "month",
    "monat": "month", "year": "year", "jahr": "year", "hour": "hour", "stunde": "hour",
}  # fmt: skip
_TIME = re.compile(
    r"\b(?P<term>within|in(?:nerhalb)?|after|nach|binnen|for|at|by|not later than)?"
    r"(?: (?:the |den |der )?(?:next|nächsten|coming|von|about|approximately|ca\.?|etwa"
    r"|spätestens))*"
    rf" ?(?P<first>\d+|{'|'.join(_NUMBER_WORDS)})"
    rf"(?:(?: ?(?:-|to|bis|or|oder) ?)(?P<last>\d+|{'|'.join(_NUMBER_WORDS)}))?[ -]"
    r"(?P<unit>hour|day|week|month|year|stunde|tag|woche|monat|jahr)(?:s|e|en|n|es)?\b"
)
_URGENT = re.compile(
    r"\b(?:urgent(?:ly)?|immediate(?:ly)?|as soon as possible|asap|emergency|dringend\w*"
    r"|umgehend\w*"
    r"|sofort\w*|zeitnah\w*|notfall\w*|eilig\w*)\b"
)
_NOT_URGENT = re.compile(r"\b(?:non-urgent|not urgent|nicht dringend\w*|elektiv\w*)")
_DENIED = re.compile(
    r"\b(?:no|not|without|never|nicht|kein\w*|ohne|unnecessary|entfällt|verzichtbar)\b|n't\b"
)
_CHANGE_DENIED = re.compile(r"\bno (?:\w+ )?(?:change|growth)\b|\bkeine? \w*(?:änderung|zunahme)\b")
_IF = re.compile(r"\b(?:if|should (?:symptoms|it)|in case|falls|wenn|bei bedarf|unless|consider)\b")
_PAST = re.compile(
    r"\b(?:was|were|had|has been|previously|wurde|wurden|war|bereits|erfolgte|hatte)\b"
)
_PIECE = re.compile(r"[;,]|,? \b(?:then|followed by|as well as|and|und|sowie|dann)\b(?= )")


def recommend(kind: str) -> Recommendation:
    """The consultation proposed for a confirmed lesion of a suspected kind ("" = uncertain)."""
    specialty, within = _PROPOSED.get(kind, _PROPOSED[""])
    sentence = f"Consultation with {specialty} within {within} is suggested."
    return Recommendation(specialty, within, sentence)


def recommendations_in(
    sentence: str, source: str = "report:Impression"
) -> tuple[Recommendation, ...]:
    """What one sentence asks for; nothing if it denies, is about the past or sets a condition."""
    text = plain(sentence)
    if _DENIED.search(_CHANGE_DENIED.sub("", text)) or _IF.search(text) or _PAST.search(text):
        return ()
    found: list[Recommendation] = []
    for piece in _pieces(text):
        found += _in_piece(piece, sentence, source, whole=text)
    return _joined(found)


def _pieces(text: str) -> Iterator[str]:
    """The sentence cut where a second request may begin, but never inside a range of time."""
    start = 0
    for cut in _PIECE.finditer(text):
        rest = text[cut.end() :]
        first = text[start : cut.start()]
        if all(SPECIALTY.search(side) or _SCAN.search(side) for side in (first, rest)):
            yield first
            start = cut.end()
    yield text[start:]


def _in_piece(piece: str, sentence: str, source: str, *, whole: str) -> Iterator[Recommendation]:
    specialty, scan = specialty_of(piece), scan_of(piece)
    acts = bool(_ACT.search(whole))
    times = list(_TIME.finditer(piece))
    time = times[0] if len(times) == 1 else None
    within = f"{_amount(time)} {_unit(time)}" if time else ""
    term = _term(time, piece) if time else Term.WITHIN
    urgent = bool(_URGENT.search(piece)) and not _NOT_URGENT.search(piece)
    if acts and (specialty or scan):
        yield Recommendation(specialty, within, sentence, term, urgent, scan, source)


def _joined(found: list[Recommendation]) -> tuple[Recommendation, ...]:
    """Each specialty and each kind of scan once, in order."""
    seen: dict[tuple[str, str], Recommendation] = {}
    for one in found:
        seen.setdefault((one.specialty, one.scan), one)
    return tuple(seen.values())


def specialty_of(text: str) -> str:
    """The specialty a text in ``plain`` form names first, or an empty text."""
    match = SPECIALTY.search(text)
    return _SPECIALTIES[int(str(match.lastgroup)[1:])][0] if match else ""


def scan_of(text: str) -> str:
    """The kind of new scan a text in ``plain`` form speaks of (mri, ct, scan), or an empty text."""
    match = _SCAN.search(text)
    if match is None:
        return ""
    kind = next((match[f"kind{n}"] for n in range(1, 7) if match[f"kind{n}"]), "")
    if kind in {"mri", "mr", "mrt"}:
        return "mri"
    return "ct" if kind == "ct" else "scan"


def _amount(time: re.Match[str]) -> str:
    first = _NUMBER_WORDS.get(time["first"], time["first"])
    last = time["last"]
    return f"{first}-{_NUMBER_WORDS.get(last, last)}" if last else first


def _unit(time: re.Match[str]) -> str:
    unit = _UNITS[time["unit"]]
    return unit if _amount(time) == "1" else f"{unit}s"


def _term(time: re.Match[str], text: str) -> Term:
    if re.search(r"\b(?:spätestens|at the latest|not later than)\b", text):
        return Term.AT_LATEST
    return Term.WITHIN if time["term"] in {"within", "innerhalb", "binnen"} else Term.AFTER
