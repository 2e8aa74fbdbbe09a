"""Side, place, size, number and change of a condition, as its own clause gives them.

Each is taken only where the clause leaves no choice: two sides, a size with a bound or an earlier
size beside it, or a place named by a relation ("near the thalamus") give nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.drafting.reading.stances import Stance, Stated
from assistant.drafting.reading.vocabulary import CONDITION, PLACE, SIDE, place_of


class Course(StrEnum):
    """What became of something since an earlier scan, where the report says so."""

    SAME = "same"
    LARGER = "larger"
    SMALLER = "smaller"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Details:
    """What a clause says of its one condition; empty where it leaves it open.

    ``size`` and ``count`` are as written (with the unit), ``places`` ids of ``PLACE``.
    """

    side: str = ""
    places: tuple[str, ...] = ()
    size: str = ""
    count: str = ""
    course: Course | None = None


MOST_PLACES = 2
_SIZE = re.compile(
    r"(?<![\w.,])(\d+(?:[.,]\d+)?(?: ?(?:x|×|by) ?\d+(?:[.,]\d+)?){0,2}) ?(mm|cm)(?![\w³^])"
)
_MEASURES = re.compile(r"\d[\d.,]*\s*(?:mm|cm|ml|cc|cm3|mm3|milli\w+|centi\w+|zenti\w+)\b")
_BOUND = re.compile(
    r"[<>≤≥~]|\b(?:up to|less than|more than|larger than|smaller than|at least|previously|formerly"
    r"|was|were|prior|before|compared|from|since|bis(?: zu)?|weniger|mehr als|größer als"
    r"|kleiner als|mindestens|vormals|zuvor|zuletzt|vorher|damals|früher|gegenüber"
    r"|von [\d., ]+ auf|abstand|distance|thick(?:ness)?|dicke|about|approximately|circa|ca|etwa"
    r"|(?:under|over|below|above|unter|über)(?= \d))\b"
)
_NEAR = re.compile(
    r"\b(?:near|adjacent|next to|close to|abut\w*|extend\w*|reach\w*|displac\w*|compress\w*"
    r"|toward\w*|"
    r"into|sparing|except|neben|angrenz\w*|nahe|bis (?:in|an)|reich\w+|verlager\w*|komprim\w*|"
    r"ausspar\w*|richtung|ausdehn\w*|between|zwischen|below|above|unterhalb|oberhalb|beside)\b"
)
_NUMBERS = {
    word: str(number)
    for number, row in enumerate(
        ("two zwei", "three drei", "four vier", "five fünf", "six sechs", "seven sieben",
         "eight acht", "nine neun", "ten zehn"), 2)
    for word in row.split()
}  # fmt: skip
_COUNT = re.compile(
    rf"(?<![-/.,\w])(?<!x )(?<!grade )(?<!grad )(?<!who )(?<!fazekas )(?<!type )(?<!typ )"
    rf"({'|'.join(_NUMBERS)}|[2-9]|[1-9]\d)(?! ?(?:mm|cm|ml|x|×|%|weeks?|months?|years?))"
    r"(?: [a-zäöüß-]+){0,3} $"
)
_PLURAL = re.compile(r"(?:s|foci|ses|plaques|ome|omen|en|herde|infarkte|kte)$")
_COURSES: tuple[tuple[Course, str], ...] = (
    (
        Course.SAME,
        r"unchanged|stable|no (?:significant |relevant |interval )?change|unverändert\w*"
        r"|konstant\w*"
        r"|größenkonstant\w*|stabil\w*|keine (?:wesentliche |relevante )?(?:änderung|veränderung|"
        r"größenänderung|befundänderung)",
    ),
    (
        Course.LARGER,
        r"increased in size|enlarged since|larger than|grown|größenprogredient\w*|größer als"
        r"|an größe zugenommen|größenzunahme|gewachsen",
    ),
    (
        Course.SMALLER,
        r"decreased in size|smaller than|größenregredient\w*|kleiner als|an größe abgenommen"
        r"|größenabnahme",
    ),
    (
        Course.NEW,
        r"new since|newly (?:developed|appeared)|neu aufgetreten\w*|neu gegenüber|neu seit",
    ),
)
COURSE = re.compile("|".join(rf"(?P<{course}>\b(?:{words})\b)" for course, words in _COURSES))
_TURNED = re.compile(
    r"\b(?:not|nicht|partly|teils|partially|some|otherwise|but|slightly|minimal\w*)\b"
    r"|\b(?:no|keine?) (?=größenzunahme|größenabnahme)"
)


def details(stated: Stated) -> Details:
    """What the clause says of a condition that stands alone in it, else nothing."""
    if not stated.alone or stated.stance in {Stance.DENIED, Stance.OPEN}:
        return Details()
    clause = _kept(stated.clause)
    related = bool(_NEAR.search(clause))
    return Details(
        side="" if related else _side(clause),
        places=() if related else _places(clause, stated),
        size=_size(stated),
        count=_count(stated),
        course=_course(stated.clause),
    )


def _kept(clause: str) -> str:
    """The clause up to where it begins to deny other things."""
    return re.split(r",? (?:and |und )?\b(?:without|no|ohne|kein\w*)\b", clause, maxsplit=1)[0]


def _side(clause: str) -> str:
    found = {str(match.lastgroup) for match in SIDE.finditer(clause)}
    return found.pop() if len(found) == 1 else ""


def _places(clause: str, stated: Stated) -> tuple[str, ...]:
    """The places, unless one stands inside the name of the condition itself."""
    outside = f"{clause[: stated.start]} {' ' * (stated.end - stated.start)}{clause[stated.end :]}"
    found = tuple(dict.fromkeys(place_of(match) for match in PLACE.finditer(outside)))
    return found if len(found) <= MOST_PLACES else ()


def _size(stated: Stated) -> str:
    clause = _kept(stated.clause)
    found = _SIZE.findall(clause)
    if len(found) != 1 or len(_MEASURES.findall(clause)) != 1 or _BOUND.search(clause):
        return ""
    number, unit = found[0]
    return f"{number} {unit}"


def _count(stated: Stated) -> str:
    found = _COUNT.search(stated.clause[: stated.start])
    several = _PLURAL.search(stated.clause[stated.start : stated.end])
    if found is None or several is None or CONDITION.search(stated.clause[: stated.start]):
        return ""
    return _NUMBERS.get(found[1], found[1])


def _course(clause: str) -> Course | None:
    found = [Course(str(match.lastgroup)) for match in COURSE.finditer(clause)]
    if len(set(found)) != 1:
        return None
    turned = _TURNED.search(clause)
    return None if turned else found[0]
