"""A sentence taken apart: of what it speaks, whether it denies it, on which side, where, how large.

A sentence is cut at commas, joining words and denying words. What denies reaches as far as its
list does ("no mass, shift or oedema") and no further; "is not seen" reaches back to the thing
nearest before it that is not denied already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.drafting.checking.quantities import Quantity, quantities
from assistant.drafting.checking.vocabulary import (
    LESION,
    RELATION,
    is_generic,
    kinds,
    place_sets,
    places,
    plain,
    plural_ends,
    sides,
    topics,
)


class Stance(StrEnum):
    """Whether a phrase says that its thing is there."""

    AFFIRMED = "affirmed"
    DENIED = "denied"
    SUPPOSED = "supposed"


@dataclass(slots=True)
class Statement:
    """What one stretch of a sentence says of one thing.

    ``text`` holds its words in ``plain`` form. ``count`` is how many are said to be there, with
    ``at_least`` for "several"; ``counted`` the sides and places that stand beside the count.
    """

    topic: str
    text: str
    stance: Stance = Stance.AFFIRMED
    kinds: frozenset[str] = frozenset()
    generic: bool = False
    sides: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    place_sets: tuple[frozenset[str], ...] = ()
    quantities: tuple[Quantity, ...] = ()
    count: int | None = None
    at_least: bool = False
    lead: str = ""
    inside: list[str] = field(default_factory=list)

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether its words hold the pattern."""
        return bool(pattern.search(self.text))


_DENY = (
    r"no(?! (?:\w+ )?(?:change|increase|decrease|growth|progress\w*|regress\w*|enlargement"
    r"|difference|doubt|longer|interval)\b)"
    r"|without|neither|nor|absence of|lack of|free (?:of|from)|devoid of|negative for|none"
    r"|exclusion of|(?:complete )?resolution of|not (?=(?:an?|any)\b)"
    r"|(?:not|n't|cannot|never|fail(?:s|ed)? to) (?:clearly |definitely |reliably )?"
    r"(?:show|reveal|demonstrate|identify|see|find|detect|disclose|depict|contain)"
)
_RELATE = (
    r"abut\w*|exten(?:d\w*|sion)|reach\w*|displac\w*|compress\w*|cross\w*|caus\w*|lead\w* to"
    r"|result\w* in|close to|adjacent to|next to|near|contact\w*|separat\w* from|distan\w*"
    r"|toward\w*|deviat\w*|push\w*|effac\w*|border\w*|touch\w*|into|surround\w*"
)
_JOIN = r"with|and|or|but|however|which|while|whereas|although|despite|due to|as well as|plus"
_CUT = re.compile(
    rf"(?P<stop>;|\.(?=\s|$)|[()]|,|:)|\b(?P<deny>{_DENY})(?!\w)|\b(?P<relate>{_RELATE})\b"
    rf"|\b(?P<join>{_JOIN})\b"
)
_ENDS_DENIAL = frozenset({";", "but", "however", "with", "which", "while", "whereas", "although"})
_LIST = frozenset({",", "or", "nor", "and", "as well as"})
_HEADS = _LIST | {":"}

_SEEN = (
    r"(?:seen|present|identified|visible|visuali[sz]ed|detect\w+|demonstra\w+|found|evident"
    r"|appreciated|there|noted|shown|recogni[sz]\w+|delinea\w+|apparent|discern\w+|depicted"
    r"|suspected)"
)
_NOT_SEEN = re.compile(
    rf"(?:\b(?:is|are|was|were|has been|have been) (?:(?:no longer|not|never)"
    rf"(?: (?:clearly|definitely|reliably|convincingly|being))? {_SEEN}|absent|missing|lacking"
    r"|excluded|ruled out|rejected|dismissed|discarded|refuted)"
    rf"|\b(?:can|could)(?:not| not) be {_SEEN}|\b(?:can|could|may) be (?:excluded|ruled out)"
    rf"|(?<=s )not (?:clearly )?{_SEEN}|(?<=n )not (?:clearly )?{_SEEN}|(?<=r )not {_SEEN}"
    r"|[- ]free\b(?! (?:of|from))|\b(?:absent|excluded|ruled out)$|\bresolved\b"
    r"|\bnot confirmed\b)"
    r"(?! (?:on|in) (?:the )?(?:t1|t2|flair|dwi|adc|swi|unenhanced|non-?enhanced|native|prior"
    r"|previous|last|earlier))"
)
_SUPPOSED = re.compile(
    r"\b(?:should be (?:excluded|ruled out)|to (?:exclude|rule out)|rule out|r/o"
    r"|(?:cannot|can not|could not|not) (?:be )?(?:excluded|ruled out)|question of"
    r"|history of|status post|s/p|after (?:resection|removal)|resected|operated"
    r"|unlikely|less likely|differential(?: diagnosis)?|ddx?\b)"
)
_IF = re.compile(r"^\W*(?:if|in case|should)\b")
_CARRIED = re.compile(r"\b(?:an?|the|there|is|are|was|were|shows?|seen|has)\b")

_COUNT_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "both": 2, "pair of": 2,
}  # fmt: skip
_COUNT = re.compile(
    rf"\b(?P<word>{'|'.join(_COUNT_WORDS)}|[2-9]|1\d)(?![\d.]| ?(?:mm|cm|ml|cc|x|×))"
    r"(?P<between>(?: [a-z-]+){0,4}? )$"
)
_SEVERAL = re.compile(
    r"\b(?:multiple|several|numerous|many|multifocal)(?: [a-z-]+){0,4}? (?:lesion|tumou?r|mass"
    r"|neoplasm|nodule|glioma|meningioma|metastas|focus|foci)"
)
_SINGLE = re.compile(
    r"\b(?:solitary|single|only one|one)(?: [a-z-]+){0,4}? (?:lesion|tumou?r|mass|neoplasm|nodule"
    r"|glioma|meningioma|metastasis|adenoma)\b(?! of (?:the|several))"
)
_ANOTHER = re.compile(
    r"\b(?:second|additional|further|another) (?:[a-z-]+ ){0,3}?"
    r"(?:lesion|tumou?r|mass|metastasis)\b"
)


@dataclass(slots=True)
class _Piece:
    lead: str
    kind: str
    text: str


def statements(sentence: str) -> tuple[Statement, ...]:
    """What a sentence says, one statement for each thing it speaks of, in order."""
    text = plain(sentence)
    found: list[Statement] = []
    denying, asked = False, text.rstrip().endswith("?")
    supposing = bool(_IF.search(text))
    ends_in_or = bool(re.search(r"\b(?:or|nor)\b", text))
    for piece in _pieces(text):
        denying = _goes_on(piece, ends_in_or=ends_in_or, denying=denying)
        made = _statement_of(piece, found)
        if made is not None:
            made.stance = Stance.DENIED if denying else made.stance
            found.append(made)
        _reach_back(piece, found)
        if found and _SUPPOSED.search(f"{piece.lead} {piece.text}"):
            found[-1].stance = Stance.SUPPOSED
    if supposing or asked:
        for one in found:
            one.stance = Stance.SUPPOSED if one.stance is Stance.AFFIRMED else one.stance
    return tuple(found)


def _pieces(text: str) -> list[_Piece]:
    """The sentence cut up, each piece with the word or sign before it."""
    pieces: list[_Piece] = []
    lead, kind, start = "", "", 0
    for match in [*_CUT.finditer(text), None]:
        words = text[start : match.start() if match else len(text)].strip(" -")
        if words or kind in {"deny", "relate"}:
            pieces.append(_Piece(lead, kind, words))
            lead, kind = "", ""
        if match is None:
            break
        lead = match[0] if not lead or kind == "stop" else f"{lead} {match[0]}"
        kind, start = str(match.lastgroup), match.end()
    return pieces


def _goes_on(piece: _Piece, *, ends_in_or: bool, denying: bool) -> bool:
    """Whether the denial that holds before a piece, or begins with it, holds in it."""
    if piece.kind == "deny":
        return True
    if not denying or piece.kind == "relate" or piece.lead in _ENDS_DENIAL:
        return False
    if piece.lead in {"or", "nor"}:
        return True
    if piece.lead not in _LIST:
        return False
    bare = not quantities(piece.text) and not sides(piece.text)
    return bare and (ends_in_or or not _CARRIED.search(piece.text))


def _statement_of(piece: _Piece, found: list[Statement]) -> Statement | None:
    """The new statement a piece makes; None where it says more of the one before."""
    named = topics(piece.text)
    if piece.kind == "relate":
        return _made(piece, named[0] if named else RELATION, named)
    if named:
        waiting = found[-1] if found else None
        placeless = waiting is None or not (waiting.sides or waiting.places)
        if waiting is not None and not waiting.topic and not placeless and piece.lead in _HEADS:
            waiting.topic = named[0]  # "right frontal and left temporal lesions"
        return _made(piece, named[0], named)
    made = _made(piece, "", named)
    last = next((one for one in reversed(found) if one.topic != RELATION), None)
    if last is None or piece.lead == ";" or piece.kind == "deny":
        return made
    placed = bool(made.sides or made.places)
    if placed and found[-1].topic == RELATION:
        return made
    if placed and (last.sides or last.places or last.count is not None):
        made.topic, made.stance = last.topic, last.stance
        made.kinds, made.generic = last.kinds, last.generic
        return made
    _grow(last, made)
    return None


def _made(piece: _Piece, topic: str, named: Sequence[str]) -> Statement:
    text = piece.text
    count, at_least = _count(text) if topic == LESION else (None, False)
    return Statement(
        topic=topic,
        text=text,
        kinds=kinds(text) if topic == LESION else frozenset(),
        generic=topic == LESION and is_generic(text),
        sides=sides(text),
        places=places(text),
        place_sets=tuple(place_sets(text)),
        quantities=quantities(text),
        count=count,
        at_least=at_least,
        lead=piece.lead,
        inside=list(named),
    )


def _grow(last: Statement, more: Statement) -> None:
    """Let a statement take in the words that follow it and name no thing of their own."""
    last.text = f"{last.text}, {more.text}"
    last.sides |= more.sides
    last.places |= more.places
    last.place_sets += more.place_sets
    last.quantities += quantities(f"{more.lead} {more.text}")


def _reach_back(piece: _Piece, found: list[Statement]) -> None:
    """Deny what "is not seen" speaks of: the nearest thing before it, and its list."""
    denied_by_name = piece.lead == "none" and not piece.text
    if not (denied_by_name or _NOT_SEEN.search(piece.text)) or _SUPPOSED.search(piece.text):
        return
    position = len(found) - 1
    while position >= 0 and (
        found[position].stance is Stance.DENIED or found[position].topic in {"", RELATION}
    ):
        position -= 1
    while position >= 0:
        found[position].stance = Stance.DENIED
        if found[position].lead not in {"or", "and"}:
            break
        position -= 1


def _count(text: str) -> tuple[int | None, bool]:
    """How many lesions a piece says there are, and whether there may be more."""
    for start in plural_ends(text):
        match = _COUNT.search(text[:start])
        if match is not None:
            word = match["word"]
            return _COUNT_WORDS.get(word) or int(word), False
    if _SEVERAL.search(text) or _ANOTHER.search(text):
        return 2, True
    return (1, False) if _SINGLE.search(text) else (None, False)
