"""What one sentence says, as far as the gate can tell: the parts two sentences must share.

A sentence becomes meanings (which side, place, finding, degree, certainty, who, what to do),
the meanings it denies, its numbers with units, and what belongs together where there are two of a
kind. The order of words does not count otherwise, so a passive says what its active said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.guarding.vocabulary import Vocabulary

_TOKEN = re.compile(r"\d{4}-\d\d-\d\d|\d+(?:[.,]\d+)?|[^\W\d_]+(?:'[a-z]+)?|[%,;:]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_DENIABLE = frozenset({"thing", "degree", "certainty", "confirmation", "act"})
_NEGATION, _BOUNDARY, _FILLER, _LONGEST_PHRASE = "negation", "boundary", "filler", 5
_SAID_ONCE = frozenset({"degree", "certainty", "confirmation", "act"})
_TOGETHER = (("side", "place"), ("side", "thing"), ("place", "thing"), ("number", "thing"))

_OF_NUMBERS, _OF_SPANS = ("more", "less"), ("before", "after")

Quantity = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or phrase with what it means; ``kind`` is empty where it means nothing."""

    word: str
    stem: str
    meaning: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a sentence says.

    ``affirmed`` are those that may be denied and are not; ``often`` counts the meanings that may
    not be said again. ``bare`` counts the negations that deny nothing the vocabulary knows,
    ``reach`` are the stems near them. ``pairs`` are what belongs together (side and place, number
    and finding), ``order`` is that of several
    sides and numbers, ``doers`` who did what. ``rest`` are the stems of words of content that the
    vocabulary has no meaning for; ``weight`` counts the words that are not only grammar.
    """

    said: frozenset[str]
    denied: frozenset[str]
    affirmed: frozenset[str]
    often: tuple[tuple[str, int], ...]
    negations: int
    outright: bool
    bare: int
    reach: frozenset[str]
    quantities: tuple[tuple[Quantity, int], ...]
    plurals: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    order: tuple[str, ...]
    doers: frozenset[tuple[str, str]]
    rest: frozenset[str]
    counts: tuple[tuple[str, int], ...]
    weight: int


def read(text: str, known: Vocabulary) -> Meaning:
    """What a sentence says in a language's vocabulary."""
    tokens = tokenised(text, known)
    reached = _Reached.of(tokens, known)
    quantities = _quantities(tokens, known)
    negations = [one.stem for one in tokens if one.kind == _NEGATION]
    counted = Counter(one.stem for one in tokens if one.kind or _is_content(one, known))
    often = Counter(one.meaning for one in tokens if one.kind in _SAID_ONCE)
    return Meaning(
        said=frozenset(one.meaning for one in tokens if one.meaning) - known.optional,
        denied=reached.denied,
        affirmed=reached.affirmed,
        often=tuple(sorted(often.items())),
        negations=len(negations),
        outright=all(one in known.grammar["lists"] for one in negations),
        bare=reached.bare,
        reach=reached.near,
        quantities=tuple(sorted(Counter(value for value, _ in quantities).items())),
        plurals=frozenset(one.meaning for one in tokens if _is_plural(one, known)),
        pairs=frozenset(_pairs(tokens, quantities, known)),
        order=_order(tokens, quantities),
        doers=frozenset(_doers(tokens, known)),
        rest=frozenset(one.stem for one in tokens if _is_content(one, known)),
        counts=tuple(sorted(counted.items())),
        weight=sum(one.word[0].isalnum() and one.word not in known.function for one in tokens),
    )


@dataclass(frozen=True, slots=True)
class _Reached:
    """What the negations of a sentence reach, and what they leave."""

    denied: frozenset[str]
    affirmed: frozenset[str]
    bare: int
    near: frozenset[str]

    @classmethod
    def of(cls, tokens: Sequence[Token], known: Vocabulary) -> _Reached:
        denied, affirmed, bare, near = set[str](), set[str](), 0, set[str]()
        for clause in _clauses(tokens, known):
            hit = set[int]()
            for position, token in enumerate(clause):
                if token.kind == _NEGATION:
                    found = _denied_by(clause, position, known)
                    hit |= found
                    bare += not found
                    near |= {
                        one.stem for one in clause if not found and not known.is_neutral(one.word)
                    }
            for position, token in enumerate(clause):
                if token.kind in _DENIABLE and token.meaning not in known.optional:
                    (denied if position in hit else affirmed).add(token.meaning)
        return cls(frozenset(denied), frozenset(affirmed), bare, frozenset(near))


def tokenised(text: str, known: Vocabulary) -> list[Token]:
    """The words of a text; words that mean one thing together are one token."""
    words = [word.removesuffix("'s") for word in _TOKEN.findall(known.uniform(text))]
    tokens, position = list[Token](), 0
    while position < len(words):
        token, length = _token_at(words, position, known)
        tokens.append(token)
        position += length
    return tokens


def _token_at(words: Sequence[str], position: int, known: Vocabulary) -> tuple[Token, int]:
    """The token that begins at a word, and of how many words it is."""
    ahead = [known.stem(word) for word in words[position : position + _LONGEST_PHRASE]]
    for length in range(len(ahead), 1, -1):
        name = known.phrases.get(tuple(ahead[:length]))
        whole = " ".join(words[position : position + length])
        if name is not None:
            return Token(whole, whole, name, known.kinds.get(name, _FILLER)), length
        if whole in known.grammar["negations"]:
            return Token(whole, whole, "", _NEGATION), length
    word, stem = words[position], ahead[0]
    if word in known.grammar["negations"]:
        return Token(word, word, "", _NEGATION), 1
    if word in ";:" or word in known.grammar["boundaries"]:
        return Token(word, stem, "", _BOUNDARY), 1
    name = known.meaning(word)
    before = words[position - 1] if position else ""
    after = words[position + 1] if position + 1 < len(words) else ""
    measured = word in known.grammar["measured"] and bool(_unit(before, known)[0])
    measured = measured or (word in known.grammar["roughly"] and bool(_NUMBER.fullmatch(after)))
    joined = word in known.grammar["paired_nor"] and known.grammar["paired"] & {*words[:position]}
    if measured or joined:
        return Token(word, stem, "", _FILLER), 1
    name = _in_number(words, position, known) or name
    return Token(word, stem, name, known.kinds.get(name, "")), 1


def _in_number(words: Sequence[str], position: int, known: Vocabulary) -> str:
    """What a preposition means before a number or a span: over 7 is more."""
    word, after = words[position], words[position + 1 : position + 3]
    numbered = any(_NUMBER.fullmatch(one) or one in known.numbers for one in after[:1])
    spanned = any(one in known.grammar["scale"] for one in after[1:])
    names = (*_OF_NUMBERS, *_OF_SPANS) if numbered else _OF_SPANS if spanned else ()
    return next((name for name in names if word in known.grammar[name]), "")


def _clauses(tokens: Sequence[Token], known: Vocabulary) -> Iterator[list[Token]]:
    """The parts of a sentence that a negation does not reach across."""
    clause: list[Token] = []
    for position, token in enumerate(tokens):
        after = [one.word for one in tokens[position + 1 : position + 3]]
        joins = token.word == "," or token.word in known.grammar["joins"]
        if joins and after and after[0] in known.grammar["joins"]:
            after = after[1:]
        opens = joins and bool(after) and after[0] in known.grammar["subjects"]
        if token.kind == _BOUNDARY or opens or token.word in known.grammar["asks"]:
            yield clause
            clause = []
        else:
            clause.append(token)
    yield clause


def _denied_by(clause: Sequence[Token], position: int, known: Vocabulary) -> set[int]:
    """Where in a clause stands what a negation denies: after it, or else before it."""
    before, after = range(position), range(position + 1, len(clause))
    for part in (before, after) if _looks_left(clause[position], known) else (after, before):
        if found := _first_things(clause, part, known):
            return found
    return set()


def _first_things(clause: Sequence[Token], part: range, known: Vocabulary) -> set[int]:
    """The first things named, with what is listed beside them; not what they are of or in.

    After "none of" that is what is said of the things, as in "none of the spots is active". What
    is not certain or not confirmed is only that, not the thing in question.
    """
    found = set[int]()
    places = list(part)
    if places and places[0] and clause[places[0] - 1].word == "none":
        named = [i for i in places if clause[i].kind in _DENIABLE]
        later = [i for i in named if i > named[0] + 1]
        places = [i for i in places if later and i >= later[0]]
    for position in places:
        token = clause[position]
        if found and token.word in known.grammar["prepositions"]:
            break
        if token.kind in _DENIABLE and token.meaning not in known.optional:
            found.add(position)
            if token.kind in {"certainty", "confirmation"}:
                break
    return found


def _looks_left(token: Token, known: Vocabulary) -> bool:
    return token.word in known.grammar["negates_left"]


def _is_content(token: Token, known: Vocabulary) -> bool:
    """Whether a word says something that the vocabulary does not know."""
    counted = token.word in known.numbers or _unit(token.word, known)[0]
    wordless = not any(one.isalpha() for one in token.word)
    return not (token.kind or counted or wordless or known.is_neutral(token.word))


def _quantities(tokens: Sequence[Token], known: Vocabulary) -> list[tuple[Quantity, int]]:
    """Numbers in the first unit of their dimension, with where they stand."""
    found = []
    for position, token in enumerate(tokens):
        unit = _unit_after(tokens, position, known)
        if token.word in known.grammar["scale"] and not _counted(tokens, position, known):
            found.append(((0.0, known.stem(token.word)), position))
        elif (value := _value(token.word, known, counts=bool(unit[0]))) is not None:
            found.append(((round(value * unit[1], 6), unit[0]), position))
        elif token.word[:1].isdigit():
            found.append(((0.0, token.word), position))
    return found


def _counted(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    """Whether a number stands before a unit, so that the unit counts with it."""
    before = tokens[position - 1].word if position else ""
    return _value(before, known, counts=True) is not None


def _value(word: str, known: Vocabulary, *, counts: bool) -> float | None:
    """The number a word stands for; "a" is one only where something is counted."""
    if _NUMBER.fullmatch(word):
        return float(word.replace(",", "."))
    if counts and word in known.grammar["one"]:
        return 1.0
    return known.numbers.get(word)


def _unit_after(tokens: Sequence[Token], position: int, known: Vocabulary) -> tuple[str, float]:
    """The unit of a number: the word after it, or that of the number it runs up to."""
    after = [one.word for one in tokens[position + 1 : position + 4]]
    if not after:
        return "", 1.0
    ranged = len(after) == 3 and after[0] in known.grammar["up_to"]
    if ranged and _NUMBER.fullmatch(after[1]):
        return _unit(after[2], known)
    return _unit(after[0], known)


def _unit(word: str, known: Vocabulary) -> tuple[str, float]:
    """The dimension a word measures in, and the size of its unit."""
    for form in (word, known.stem(word), word.removesuffix("s")):
        if form in known.units:
            return known.units[form]
    return "", 1.0


def _is_plural(token: Token, known: Vocabulary) -> bool:
    """Whether a finding is named in the plural, where the language shows it by an s."""
    if token.kind != "thing" or not re.search(r"[^s]s$", token.word):
        return False
    return token.meaning in known.grammar["countable"]


def _pairs(
    tokens: Sequence[Token], quantities: Sequence[tuple[Quantity, int]], known: Vocabulary
) -> Iterator[tuple[str, str]]:
    """What stands together in one part of a list, where the sentence has two of both kinds."""
    measured = {position: f"{value[0]} {value[1]}" for value, position in quantities}
    named = [
        (part, kind, name)
        for part, position, token in _parts(tokens, known)
        for kind, name in ((token.kind, token.meaning), ("number", measured.get(position, "")))
        if name and kind in {"side", "place", "thing", "number"}
    ]
    for one, other in _TOGETHER:
        if all(len({name for _, kind, name in named if kind == two}) > 1 for two in (one, other)):
            for part, kind, name in named:
                if kind == one:
                    yield from ((name, mate) for p, k, mate in named if (p, k) == (part, other))


def _order(tokens: Sequence[Token], quantities: Sequence[tuple[Quantity, int]]) -> tuple[str, ...]:
    """Sides, and numbers of one dimension, in their order where there are several.

    In "was 25 mm and is now 18 mm" and "the left is smaller than the right" the order tells.
    """
    sides = [one.meaning for one in tokens if one.kind == "side"]
    told = list(dict.fromkeys(sides)) if len(set(sides)) > 1 else []
    for dimension in sorted({one for (_, one), _ in quantities}):
        values = [str(value) for (value, one), _ in quantities if one == dimension]
        told += values if len(set(values)) > 1 else []
    return tuple(told)


def _parts(tokens: Sequence[Token], known: Vocabulary) -> Iterator[tuple[int, int, Token]]:
    """Each word with the number of the part of the list it stands in, and its place."""
    part = 0
    for position, token in enumerate(tokens):
        if token.word == "," or token.kind == _BOUNDARY or token.word in known.grammar["joins"]:
            part += 1
        yield part, position, token


def _doers(tokens: Sequence[Token], known: Vocabulary) -> Iterator[tuple[str, str]]:
    """Who did what, where more than one is named: after "by" or "of", or else named before."""
    actors = [i for i, one in enumerate(tokens) if one.kind == "actor"]
    if len({tokens[i].meaning for i in actors}) < 2:
        return
    owned = set[int]()
    for act in (i for i, one in enumerate(tokens) if one.stem in known.acts):
        after = [i for i in actors if act < i <= act + 4]
        if after and tokens[act + 1].word in known.grammar["of"]:
            owned.add(after[0])
            yield tokens[after[0]].meaning, tokens[act].stem
            continue
        before = [i for i in actors if i < act and i not in owned]
        yield from ((tokens[i].meaning, tokens[act].stem) for i in before[-1:])
