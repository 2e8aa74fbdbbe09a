"""What a short message means after something was offered: the second, later, another day.

Rules in English and German; what none of them knows is a message of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

_LONGEST = 9
_ORDINALS = (
    r"first|1st|number 1|no\. ?1|erste[nrms]?|1\.|nummer 1|nummer eins|number one",
    r"second|2nd|number 2|no\. ?2|zweite[nrms]?|2\.|nummer 2|nummer zwei|number two",
    r"third|3rd|number 3|no\. ?3|dritte[nrms]?|3\.|nummer 3|nummer drei|number three",
    r"fourth|4th|number 4|no\. ?4|vierte[nrms]?|4\.|nummer 4|nummer vier|number four",
)
_ONE = (
    r"(?: one| time| slot| option| appointment| termin| zeit)?(?: (?:please|bitte|then|works"
    r"|is fine|would be (?:fine|good)|passt|wäre gut|dann|nehme ich))*"
)
_LEAD = (
    r"(?:(?:yes|ja|ok|okay|gut|i(?:'ll| will| would like to)? (?:take|like|want)|take|please|bitte"
    r"|ich (?:nehme|möchte|will|hätte gern)|dann|lieber|the|der|die|das|den|dem|at|cancel|move"
    r"|reschedule|delete|on|prefer|i)[ ,]+)*"
)
_NTH = tuple(
    re.compile(rf"^\W*{_LEAD}(?:{words})(?!\w){_ONE}\W*$", re.IGNORECASE) for words in _ORDINALS
)
_LAST = re.compile(rf"^\W*{_LEAD}(?:last|letzte[nrms]?){_ONE}\W*$", re.IGNORECASE)
_THAT = re.compile(
    r"^\W*(?:yes|ja|ok|okay|gut|perfect|perfekt)?\W*(?:please )?(?:(?:i'?ll |i will |i'd like to )?"
    r"(?:take|book|cancel|move)? ?(?:that|this)(?: one| time)?|(?:that|this)(?: one)?"
    r"(?:'s| is)? (?:works|fine|good|suits me|perfect)|(?:i'?ll )?take it|sounds good|book it"
    r"|cancel it|move it|(?:genau )?(?:den|die|das)(?: da| hier)?(?: nehme ich)?"
    r"|diesen?|(?:das|der) passt|passt|nehme ich)\W*(?:please|bitte)?\W*$",
    re.IGNORECASE,
)
YES = re.compile(
    r"^\W*(?:yes|yeah|yep|sure|ok|okay|please|do so|go ahead|alright|ja|jawohl|klar|gerne?"
    r"|natürlich|genau|bitte|in ordnung|einverstanden|mach das)"
    r"(?:\W+(?:please|do|so|bitte|gerne?|doch|klar))"
    r"*\W*$",
    re.IGNORECASE,
)
NO = re.compile(
    r"^\W*(?:no|nope|nah|not now|not any more|no longer|it is over|nein|nicht mehr|ne+|nö"
    r"|jetzt nicht|gerade nicht)"
    r"(?:\W+(?:thanks?|thank you|danke|not now|it is over|nicht jetzt|nicht))*\W*$",
    re.IGNORECASE,
)
_MOVES = (
    (
        "later",
        r"\b(?:later|afterwards|further out|sp(?:ä|ae)ter(?:e[nrs]?)?)\b(?! than)",
    ),
    ("earlier", r"\b(?:earlier|sooner|fr(?:ü|ue)her(?:e[nrs]?)?|eher)\b(?! than)"),
    (
        "day",
        r"\b(?:(?:an)?other|different|some other) (?:day|date|time)\b|\bother (?:days|times)\b"
        r"|\bander(?:er|en|em|e) (?:tag|termin|zeit|uhrzeit)e?\b|\bwas anderes\b|\bmore times\b"
        r"|\bweitere termine\b|\bnone of (?:these|them|those)\b|\bkeiner davon\b"
        r"|\bpasst (?:mir )?nicht\b",
    ),
    (
        "doctor",
        r"\b(?:someone|somebody|anyone) else\b|\b(?:an)?other doctor\b|\bdifferent doctor\b"
        r"|\bjemand(?:em|en)? ander\w+\b|\bander(?:er|en|em|e) (?:arzt|ärztin|doktor)\b",
    ),
)
_MOVED = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _MOVES)


class Turned(StrEnum):
    """How a message turns away from what was offered."""

    LATER = "later"
    EARLIER = "earlier"
    OTHER_DAY = "day"
    OTHER_DOCTOR = "doctor"


def picked(text: str, count: int) -> int | None:
    """Which of the offered things a message picks, counted from 0, or None.

    "That one" picks the only one there is.
    """
    if count == 0 or len(text.split()) > _LONGEST:
        return None
    for index, pattern in enumerate(_NTH):
        if pattern.search(text):
            return index if index < count else None
    if _LAST.search(text):
        return count - 1
    return 0 if count == 1 and (_THAT.search(text) or YES.search(text)) else None


def agrees(text: str) -> bool:
    """Whether a message is a yes, or takes what was offered without saying which."""
    return bool(YES.search(text) or _THAT.search(text))


def turned(text: str) -> Turned | None:
    """How a message asks for something else than what was offered, or None."""
    if len(text.split()) > 2 * _LONGEST:
        return None
    return next((Turned(name) for name, pattern in _MOVED if pattern.search(text)), None)


def only(indexes: Sequence[int]) -> int | None:
    """The only one of some, or None."""
    return indexes[0] if len(indexes) == 1 else None
