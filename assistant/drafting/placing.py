"""Where something lies, in the reader's language, from words or from a place's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.drafting.plain_words import PlainWords
from assistant.drafting.reading.language import language_of
from assistant.drafting.reading.vocabulary import PLACE, SIDE, place_of, plain

_LATIN = {
    "middle central": "middle",
    "central": "middle",
    "anterior": "front",
    "posterior": "back",
    "imaged head": "head",
}
_BAND = re.compile(
    r"(?P<level>lower|middle|upper) (?P<depth>anterior|central|posterior) part of the imaged head"
)
_JOINS = re.compile(r"\b(?:between|and|of|the|lobe|lobes|in|im|der|des|und|zwischen)\b|[,;.-]")
_PREPOSITIONS = frozenset(["in", "on", "near", "at", "over", "between", "next", "close", "around"])


def where_found(where: str, side: str, words: PlainWords) -> str:
    """The place of a decided finding after "a lesion", with a blank before it; may be empty.

    A place this language has no words for stays in the words of the report, as a quote.
    """
    if not where:
        return ""
    if words.language == "en" and language_of(where) == "en":
        return _in_english(where)
    told = _translated(where, side, words)
    if told:
        return f", {told}"
    named = words.sides.get(side, "")
    return ", " + ", ".join(filter(None, (named, words.quoted(where))))


def where_stated(side: str, places: Sequence[str], words: PlainWords) -> str:
    """The place a sentence gives, without a blank before it; empty if it gives none."""
    if not places:
        return words.sides.get(side, "")
    if side in words.side_adjectives and all("{side}" in words.places[one] for one in places):
        return words.listed([_phrase(one, side, words) for one in places])
    phrases = words.listed([_phrase(one, "", words) for one in places])
    return ", ".join(filter(None, (phrases, words.sides.get(side, ""))))


def _phrase(place: str, side: str, words: PlainWords) -> str:
    adjective = words.side_adjectives.get(side, "")
    blank = f"{adjective.strip()} " if adjective else ""
    return words.places[place].format(side=blank, level="", depth="").strip()


def _translated(where: str, side: str, words: PlainWords) -> str:
    """The place in this language if every word of it is known, else an empty text."""
    text = plain(where)
    band = _BAND.search(text)
    if band is not None:
        head = words.places["head"].format(
            side="", level=words.bands[band["level"]], depth=words.bands[band["depth"]]
        )
        return ", ".join(filter(None, (words.sides.get(side, ""), " ".join(head.split()))))
    rest = _JOINS.sub(" ", PLACE.sub(" ", SIDE.sub(" ", text)))
    places = tuple(dict.fromkeys(place_of(match) for match in PLACE.finditer(text)))
    plain_side = re.fullmatch(r"(?:left|right|on the )*(?:left|right|midline)?(?: side)?", text)
    if plain_side or (places and not rest.strip()):
        return where_stated(side, places, words)
    return ""


def _in_english(where: str) -> str:
    """An English place with its preposition, without the Latin words for front and back."""
    for latin, simple in _LATIN.items():
        where = re.sub(rf"\b{latin}\b", simple, where)
    side, _, rest = where.partition(", ")
    if rest and side in {"left", "right"}:
        return f" on the {side} side, in the {rest}"
    if rest and side == "midline":
        return f" near the middle line, in the {rest}"
    if where.endswith(" side") or where.startswith("midline"):
        return f" on the {where}"
    first = where.split(maxsplit=1)[0].lower()
    if first in _PREPOSITIONS:
        return f" {where}"
    return f" in {where}" if first == "the" else f" in the {where}"
