"""What stands together in the parts of a sentence, to notice that two things changed places.

A sentence is cut at commas, "and", "but", "than", "before", "if" and the like. Two things of a
kind in different parts have changed places if each now stands with what the other stood with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.guarding.tokens import BOUNDARY, FILLER, NEGATION, Quantity, Token, is_content, unit
from assistant.guarding.vocabulary import Vocabulary

_NUMBER, _TIME, _WORD, _PAPER = "number", "time", "word", "paper"
_TOLD = frozenset({"thing", "place", "position", "act", _WORD, _PAPER})
_PARTITIVE = 4

Part = frozenset[str]
"""What stands in one part of a sentence: meanings, families, stems and the word that opened it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a sentence.

    ``beside`` gives what stands beside each thing that is in one part alone; ``kinds`` says of
    what kind these things are. ``opened`` gives what stands after "before", "than" and the like.
    """

    beside: Mapping[str, Part]
    kinds: Mapping[str, str]
    opened: Mapping[str, Part]


def parts_of(
    tokens: Sequence[Token], numbers: Sequence[tuple[Quantity, int]], known: Vocabulary
) -> Parts:
    """The parts of a sentence and what stands in each."""
    values = {position: number_name(value, dimension) for (value, dimension), position in numbers}
    cut = list(_cut(tokens, values, known))
    beside, kinds = dict[str, Part](), dict[str, str]()
    often = [name for _, named in cut for name, _ in named]
    for mark, named in cut:
        words = frozenset({name for name, _ in named} | ({mark} if mark else set()))
        for name, kind in named:
            if kind and often.count(name) == 1:
                beside[name] = words - {name}
                kinds[name] = _TIME if name in known.grammar["times"] else kind
    opened = {mark: frozenset(name for name, _ in named) for mark, named in cut if mark and named}
    return Parts(beside, kinds, opened)


def number_name(value: float, dimension: str) -> str:
    """What a number is called among the things in a part."""
    return f"{value:g} {dimension}"


def changed_places(before: Parts, after: Parts, settled: frozenset[str]) -> bool:
    """Whether two things of a kind stand with what the other stood with, but for settled ones."""
    shared = sorted((before.beside.keys() & after.beside.keys()) - settled)
    if any(
        _alike(one, other, before) and _swapped(one, other, before, after)
        for one, other in combinations(shared, 2)
    ):
        return True
    return any(
        _apart(before.opened[mark], after.opened[mark], before)
        for mark in before.opened.keys() & after.opened.keys()
    )


def stand_as_before(names: Sequence[str], before: Parts, after: Parts) -> bool:
    """Whether it shows that each of several still stands with what it stood with."""
    if not all(one in before.beside and one in after.beside for one in names):
        return False
    told = (_kept_and_crossed(one, other, before, after) for one, other in combinations(names, 2))
    return all(kept > crossed for kept, crossed in told)


def _alike(one: str, other: str, parts: Parts) -> bool:
    """Whether two things could change places: of one kind, or both what is told of.

    Numbers can only if they are of one dimension.
    """
    kinds = parts.kinds[one], parts.kinds[other]
    if kinds == (_NUMBER, _NUMBER):
        return one.partition(" ")[2] == other.partition(" ")[2]
    return kinds[0] == kinds[1] or {*kinds} <= _TOLD


def _swapped(one: str, other: str, before: Parts, after: Parts) -> bool:
    kept, crossed = _kept_and_crossed(one, other, before, after)
    return crossed > kept


def _kept_and_crossed(one: str, other: str, before: Parts, after: Parts) -> tuple[int, int]:
    """How much stands with the one of two as before, and how much with the other now."""
    first, second = before.beside[one], before.beside[other]
    if other in first or other in after.beside[one]:
        return 0, 0
    kept = len((first - second) & after.beside[one]) + len((second - first) & after.beside[other])
    crossed = len((first - second) & after.beside[other])
    crossed += len((second - first) & after.beside[one])
    return kept, crossed


def _apart(told: Part, then: Part, before: Parts) -> bool:
    """Whether what now stands after a mark stood before in quite another part."""
    elsewhere = before.beside.keys() - told
    return not told & then and bool(then & elsewhere)


def _cut(
    tokens: Sequence[Token], values: Mapping[int, str], known: Vocabulary
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each part: the mark that opened it, and its words with their kinds."""
    mark, named = "", list[tuple[str, str]]()
    shared = {*_shared(tokens, values, known)}
    for position, token in enumerate(tokens):
        if position in shared:
            continue
        opens = _opens(token, known)
        if (
            opens == ""
            and token.kind != BOUNDARY
            and named
            and _lists(named[-1][1], tokens[position + 1 :], known)
        ):
            continue
        if opens is not None:
            if named:
                yield mark, named
            mark, named = opens, []
        elif position in values:
            named.append((values[position], _NUMBER))
        elif _is_one_of(tokens, position, known):
            named.append((number_name(1, ""), _NUMBER))
        elif word := _named(token, known):
            named.append((word, _kind(token, known)))
    if named:
        yield mark, named


def _kind(token: Token, known: Vocabulary) -> str:
    """Of what kind a word is that stands in a part; empty where it cannot change places."""
    if token.stem in known.papers and not token.meaning:
        return _PAPER
    if is_content(token, known):
        return _WORD
    return token.kind if token.meaning else ""


def _is_one_of(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    """Whether a word is the "one" of "one of the spots"."""
    after = tokens[position + 1 : position + 2]
    return tokens[position].word in known.grammar["one"] and any(
        one.word in known.grammar["of"] for one in after
    )


def _shared(tokens: Sequence[Token], values: Mapping[int, str], known: Vocabulary) -> Iterator[int]:
    """Where the noun of "one of the spots" stands, which every number in the sentence is of."""
    for position in range(len(tokens)):
        after = tokens[position + 1 : position + 1 + _PARTITIVE]
        counted = position in values or _is_one_of(tokens, position, known)
        if not counted or not after or after[0].word not in known.grammar["of"]:
            continue
        yield from (position + 1 + i for i, one in enumerate(after) if one.kind == "thing")


def _lists(kind: str, after: Sequence[Token], known: Vocabulary) -> bool:
    """Whether an "and" only lists another thing of the kind, as in "old or new"."""
    following = next(
        (one for one in after if one.kind == BOUNDARY or one.word not in known.function), None
    )
    return bool(kind) and following is not None and following.kind == kind


def _opens(token: Token, known: Vocabulary) -> str | None:
    """The mark a word opens a new part with: "" for a comma; None if it opens none."""
    if token.word in known.grammar["than"]:
        return "than"
    if token.word in known.grammar["opening"]:
        return token.meaning or token.stem
    joins = token.word == "," or token.word in known.grammar["joins"]
    return "" if joins or token.kind == BOUNDARY else None


def _named(token: Token, known: Vocabulary) -> str:
    """What a word is called here; words that are only grammar are left out."""
    if token.kind == NEGATION:
        return NEGATION
    if token.meaning:
        return token.meaning
    if token.word in known.grammar["sequence"]:
        return token.stem
    skipped = token.kind == FILLER or token.word in known.function or not token.word[0].isalpha()
    skipped = skipped or bool(unit(token.word, known)[0]) or token.word in known.numbers
    return "" if skipped else token.stem
