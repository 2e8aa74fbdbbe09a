"""Who is meant: doctors of the clinic by name, slips of the pen forgiven, and specialties.

Names are matched against the clinic's own practitioners; the list of specialties is one for both
languages, so that a German word finds an English entry and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from assistant.guarding.cues import folded
from assistant.guarding.lexicon import word_set
from assistant.tools.time_words import tokens
from scheduling.records import Practitioner

_LIKE_TITLED = 75.0
_LIKE_BARE = 86.0
_SHORTEST = 4
_SHORTEST_APART = 6

_PARTICLES = r"van|von|der|den|de|di|da|du|del|della|la|le|el|al|ter|ten|zu|zur|vom|mc|mac|st|o|d"
"""Small words that begin a surname."""

_TITLED = re.compile(
    r"\b(?:(?:dr|prof|fr|hr|mrs?|ms)\.\s*|(?-i:Dr|Prof)(?-i:(?=[A-ZÄÖÜ]))"
    r"|(?:dr|doctor|doktor|prof(?:essor)?|frau|herrn?|mrs?|ms)\s+)"
    r"(?:dr\.\s*|dr\s+|med\.?\s+|prof\.?\s+)*"
    rf"((?:(?:{_PARTICLES})[ '’]+)*[^\W\d_][\w'’-]+)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:with|see|by|bei|zu|mit|to)\s+((?:[A-ZÄÖÜ][\w'-]+\s?){1,3})")
_NOT_A_NAME = word_set(
    "about again and at for in is next on soon this to today tomorrow who please visit appointment "
    "has free available said monday tuesday wednesday thursday friday saturday sunday dr doctor "
    "the a my i me you it me mir dir ihnen ihm montag dienstag mittwoch donnerstag freitag samstag "
    "sonntag der die das dem den einem einer meinem meiner termin heute morgen doktor arzt ärztin "
    "frau herr herrn und oder am um im prof professor januar februar märz april mai juni juli "
    "august september oktober november dezember january february march may june july october "
    "december appointments times time day week woche"
)
_PARTICLE_WORDS = frozenset(_PARTICLES.split("|"))
_NOT_WITHIN_A_NAME = _NOT_A_NAME - _PARTICLE_WORDS
_TITLES = word_set("dr dr. prof prof. med med. dipl.-psych. priv.-doz. pd msc phd md")

SPECIALTIES = tuple(
    (name, re.compile(rf"\b(?:{pattern})", re.IGNORECASE))
    for name, pattern in (
        ("neurosurgery", r"neurosurg\w+|neurochirurg\w*|brain surgeon|hirnchirurg\w*"),
        ("neurology", r"neurolog\w+|nervenarzt|nervenärzt\w*|nerve doctor|brain doctor"),
        ("endocrinology", r"endocrin\w+|endokrin\w+|hormone? (?:doctor|specialist)|hormonarzt"),
        ("radiology", r"(?<!neuro)(?:radiolog\w+)|röntgenarzt"),
        ("oncology", r"oncolog\w+|onkolog\w+|cancer (?:doctor|specialist)|krebs(?:arzt|ärzt)\w*"),
        ("general practice", r"general pract\w*|gp\b|family (?:doctor|physician|medicine)"
                             r"|house doctor|haus(?:arzt|ärzt)\w*|allgemein(?:medi|arzt|ärzt)\w*"),
        ("ophthalmology", r"ophthalm\w+|eye (?:doctor|specialist)|augen(?:arzt|ärzt|heil)\w*"),
        ("otolaryngology", r"ent\b(?= )|otolaryng\w+|ear,? nose|hno\b|hno-\w+|hals-nasen\w*"),
        ("cardiology", r"cardiolog\w+|kardiolog\w+|heart (?:doctor|specialist)"
                       r"|herz(?:arzt|ärzt|spezialist)\w*"),
        ("psychiatry", r"psychiat\w+"),
        ("orthopaedics", r"orthop[aä]?e?di\w+"),
        ("paediatrics", r"pa?ediatr\w+|pädiat\w+|kinder(?:arzt|ärzt|heil)\w*"),
    )
)  # fmt: skip


def specialty_in(text: str) -> str:
    """The medical specialty a text names first, in English and small letters, or nothing."""
    found = [
        (match.start(), name)
        for name, pattern in SPECIALTIES
        if (match := pattern.search(text)) is not None
    ]
    return min(found)[1] if found else ""


def practitioner_in(text: str) -> str:
    """The name of a doctor a message asks for as it is written, or an empty text."""
    for match in (*_TITLED.finditer(text), *_NAMED.finditer(text)):
        words = [word for word in match[1].split() if word.lower().strip(",.") not in _NOT_A_NAME]
        if words and not specialty_in(match[1]):
            return " ".join(words).strip(" ,.?!")
    return ""


def without_doctors(text: str) -> tuple[str, bool, bool]:
    """A text without names that follow a title and without specialties, and whether it had any."""
    named = False

    def cut(match: re.Match[str]) -> str:
        nonlocal named
        if all(word.lower().strip(",.") in _NOT_A_NAME for word in match[1].split()):
            return f" {match[1]} "
        named = True
        return " "

    rest, special = _TITLED.sub(cut, text), False
    for _name, pattern in SPECIALTIES:
        rest, count = pattern.subn(" ", rest)
        special = special or count > 0
    return rest, named, special


def meant(text: str, practitioners: Iterable[Practitioner]) -> tuple[Practitioner, ...]:
    """Those of the clinic whose name a message holds, best first; with a slip or two.

    A word without a title must be nearly the name, and no word of time ("Freitag" is a day).
    """
    asked = _joined(practitioner_in(text).split())
    loose = [] if asked else _loose(text)
    found = []
    for one in practitioners:
        names = _names(one.name)
        likeness = max((_likeness(word, names) for word in asked or loose), default=0.0)
        if likeness >= (_LIKE_TITLED if asked else _LIKE_BARE):
            found.append((likeness, one))
    best = max((likeness for likeness, _one in found), default=0.0)
    return tuple(one for likeness, one in found if likeness >= best - 5)


def of_specialty(specialty: str, practitioners: Iterable[Practitioner]) -> tuple[Practitioner, ...]:
    """Those of a specialty, in whichever language the clinic wrote it."""
    return tuple(
        one
        for one in practitioners
        if specialty_in(one.specialty) == specialty
        or specialty.casefold() in one.specialty.casefold()
    )


def _loose(text: str) -> list[str]:
    """What may be a name in a message without a title; two words may be one name written apart."""
    words = _bare_words(text)
    single = [_spelt_out(word) for word in words if _may_be_a_name(word)]
    apart = [
        _spelt_out(first + second)
        for first, second in pairwise(words)
        if not {first, second} & _NOT_WITHIN_A_NAME and _may_be_a_name(first + second)
    ]
    single += [word[2:] for word in single if word.startswith("dr") and len(word) > _SHORTEST_APART]
    return [*single, *(one for one in apart if len(one) >= _SHORTEST_APART)]


def _joined(words: Sequence[str]) -> list[str]:
    """Words as they are compared, each alone and all before it without the space between."""
    plain = [_spelt_out(word) for word in words]
    return [*plain, *("".join(plain[first:]) for first in range(len(plain) - 1))]


def _spelt_out(word: str) -> str:
    """A name without accents, umlauts (ä, ae and a are one), hyphens and apostrophes."""
    plain = folded(word.replace("ß", "ss"))
    for written, read in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        plain = plain.replace(written, read)
    return "".join(letter for letter in plain if letter.isalpha())


def _bare_words(text: str) -> list[str]:
    return [word.strip(" ,.?!;:'\"()").lower() for word in text.split()]


def _may_be_a_name(word: str) -> bool:
    return len(word) >= _SHORTEST and word not in _NOT_A_NAME and not _of_time(word)


def _of_time(word: str) -> bool:
    return any(tokens(word, language) != ["x"] for language in ("en", "de"))


def _names(full: str) -> Sequence[str]:
    """The parts of a name that somebody may be called by, and its last parts written as one."""
    parts = [part for part in re.split(r"[\s]+", full) if part.lower().strip(",") not in _TITLES]
    pieces = [piece for part in parts for piece in part.split("-")]
    said = {_spelt_out(one) for one in (*parts, *pieces)} - _PARTICLE_WORDS
    return [one for one in (*said, *_joined(parts)[len(parts) :]) if len(one) >= 3]


def _likeness(word: str, names: Sequence[str]) -> float:
    return max((fuzz.ratio(word, name) for name in names), default=0.0)
