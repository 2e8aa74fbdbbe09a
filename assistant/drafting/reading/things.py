"""Things that patients and doctors name in words of their own, in English and German.

The words are ``resources/lay/things.toml``: places of the head, findings, ways of imaging and
what may be asked for. One list serves a patient's question and a doctor's sentence, so that "are
my arteries blocked" and "the carotid arteries are free of stenosis" speak of one thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache, lru_cache

from resources.languages import table

PLACES, FINDINGS, METHODS, CARE = "place", "finding", "method", "care"
_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class Things:
    """Every thing by name with its group and the thing it is part of, and one pattern of all.

    ``names`` are the things of the pattern's groups, in their order.
    """

    group: Mapping[str, str]
    within: Mapping[str, str]
    pattern: re.Pattern[str]
    names: tuple[str, ...]


@lru_cache(maxsize=_REMEMBERED)
def things_in(text: str) -> frozenset[str]:
    """The things a text in ``plain`` form names; of overlapping names the longest counts."""
    known = _things()
    return frozenset(_name(match, known) for match in known.pattern.finditer(text))


def without_things(text: str) -> str:
    """The text without the words that name things."""
    return _things().pattern.sub(" ", text)


def of_group(things: Set[str], *groups: str) -> frozenset[str]:
    """Those of some things that belong to one of the groups."""
    known = _things().group
    return frozenset(one for one in things if known[one] in groups)


def covers(written: Set[str], asked: str) -> bool:
    """Whether what was written names a thing that was asked for, or a part of it."""
    return any(asked in _wholes(one) for one in written)


def _wholes(thing: str) -> tuple[str, ...]:
    """A thing and what it is part of, the thing first."""
    found = [thing]
    while (whole := _things().within.get(found[-1])) is not None:
        found.append(whole)
    return tuple(found)


def _name(match: re.Match[str], known: Things) -> str:
    return known.names[int(str(match.lastgroup)[1:])]


@cache
def _things() -> Things:
    groups = table("lay", "things")
    rows = {name: (group, row) for group, named in groups.items() for name, row in named.items()}
    words = sorted(
        ((word, name) for name, (_, row) in rows.items() for word in row["words"]),
        key=lambda pair: -len(pair[0]),
    )
    initials: dict[str, list[str]] = {}
    for n, (word, _) in enumerate(words):
        initials.setdefault(word[0], []).append(f"(?P<t{n}>{_pattern(word)})")
    anywhere = initials.pop("*", [])
    written = "|".join(
        (*(f"(?={one})(?:{'|'.join(held)})" for one, held in initials.items()), *anywhere)
    )
    return Things(
        {name: group for name, (group, _) in rows.items()},
        {name: row["within"] for name, (_, row) in rows.items() if "within" in row},
        re.compile(rf"\b(?:{written})"),
        tuple(name for _, name in words),
    )


def _pattern(word: str) -> str:
    """A word of the list as a pattern: a star is any letters, a dollar the end of the text."""
    ends = word.endswith("$")
    part = r"\w*".join(re.escape(one) for one in word.removesuffix("$").split("*"))
    return part + (r"\W*$" if ends else r"(?!\w)")
