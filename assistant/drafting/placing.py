"""Where something lies, in the reader's language, from words or from a place's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.drafting.plain_words import PlainWords
from assistant.drafting.reading.vocabulary import PLACE, SIDE, place_of, plain
from assistant.knowledge.language import language_of

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
_MARKS = re.compile(r"[\"“”„«»]")
_MOST_WORDS = 12
_REGION = re.compile(
    r"\b(?:part|parts|region|area|head|imaged head|brain|midline|sides?|hemispheres?|lobes?|gyrus"
    r"|horn|body|pole|cortex|cortical|subcortical|ventricles?|ventricular|sulcus|fissure"
    r"|precentral|postcentral|cingulate|sylvian|fronto|parieto|temporo|occipito|frontoparietal"
    r"|frontotemporal|temporoparietal|parieto-?occipital|temporo-?occipital|tentorium|vermis"
    r"|capsule|corona radiata|optic chiasm|cavernous sinus|sphenoid wing|olfactory groove"
    r"|posterior fossa|foramen magnum|clivus|nerve|artery|tract)\b"
)
"""Names of parts the program or a reader gives, beside those of ``PLACE``."""
_RELATION = re.compile(
    r"\b(?:on|in|at|near|over|next|to|close|around|above|below|a|lower|middle|upper|inner|outer"
    r"|front|back|anterior|posterior|central|superior|inferior|medial|lateral|deep|internal"
    r"|external|optic|superficial|dorsal|ventral|rostral|caudal|mesial|first|second)\b"
)
_PREPOSITIONS = frozenset(["in", "on", "near", "at", "over", "between", "next", "close", "around"])


def where_found(where: str, side: str, words: PlainWords) -> str:
    """The place of a decided finding after "a lesion", with a blank before it; may be empty.

    People type places: one that is not made of the vocabulary's own words alone, or for which this
    language has no words, stays as it was typed, as a quote.
    """
    if not where:
        return ""
    if words.language == "en" and language_of(where) == "en" and _only_places(where):
        return _in_english(where)
    told = _translated(where, side, words)
    if told:
        return f", {told}"
    named = words.sides.get(side, "")
    return ", " + ", ".join(filter(None, (named, words.quoted(_inside_quotes(where)))))


def _inside_quotes(typed: str) -> str:
    """Typed words on one line, without marks that would end the quote they stand in."""
    return _MARKS.sub("'", " ".join(typed.split()))


def _only_places(where: str) -> bool:
    """Whether every word names a side, a place or how places lie to each other."""
    text = plain(where)
    if len(text.split()) > _MOST_WORDS or _MARKS.search(text):
        return False
    names = bool(PLACE.search(text) or SIDE.search(text) or _REGION.search(text))
    rest = text
    for known in (PLACE, SIDE, _REGION, _RELATION, _JOINS):
        rest = known.sub(" ", rest)
    return names and not rest.strip()


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
