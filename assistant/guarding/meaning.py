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

from assistant.guarding.binding import Parts, parts_of
from assistant.guarding.negating import denial
from assistant.guarding.roles import Cast, cast_of
from assistant.guarding.tokens import (
    BOUNDARY,
    FILLER,
    Quantity,
    Token,
    is_content,
    quantities,
    tokenised,
)
from assistant.guarding.vocabulary import Vocabulary

_SAID_ONCE = frozenset({"degree", "certainty", "confirmation", "act"})
_TOGETHER = (("side", "place"), ("side", "thing"), ("place", "thing"), ("number", "thing"))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a sentence says.

    ``affirmed`` are those that may be denied and are not; ``often`` counts the meanings that may
    not be said again. ``bare`` counts the negations that deny nothing the vocabulary knows,
    ``reach`` are the stems near them. ``pairs`` are what belongs together (side and place, number
    and finding), ``cast`` is who is who where there are several,
    ``parts`` what stands together in each part of the sentence. ``rest`` are the stems or
    families of words of content that the vocabulary has no meaning for; ``weight`` counts the
    words that are not only grammar.
    """

    text: str
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
    cast: Cast
    parts: Parts
    rest: frozenset[str]
    counts: tuple[tuple[str, int], ...]
    weight: int


def read(text: str, known: Vocabulary) -> Meaning:
    """What a sentence says in a language's vocabulary."""
    tokens = tokenised(text, known)
    reached = denial(tokens, known)
    measured = quantities(tokens, known)
    counted = Counter(one.stem for one in tokens if _counts(one, known))
    once = [one.meaning for one in tokens if one.kind in _SAID_ONCE]
    free = known.grammar["may_repeat"] | known.optional
    often = Counter(one for one in once if one not in free)
    often.update(reached.opposites)
    said = frozenset(one.meaning for one in tokens if one.meaning) - reached.turned
    within = frozenset(known.included[one] for one in said if one in known.included)
    return Meaning(
        text=known.uniform(text),
        said=(said | reached.opposites) - known.optional - within,
        denied=reached.denied - within,
        affirmed=reached.affirmed - within,
        often=tuple(sorted(often.items())),
        negations=len(reached.words),
        outright=all(one in known.grammar["lists"] for one in reached.words),
        bare=reached.bare,
        reach=reached.near,
        quantities=tuple(sorted(Counter(value for value, _ in measured).items())),
        plurals=frozenset(_plurals(tokens, known)),
        pairs=frozenset(_pairs(tokens, measured, known)),
        cast=cast_of(tokens, measured, known),
        parts=parts_of(tokens, measured, known),
        rest=frozenset(one.stem for one in tokens if is_content(one, known)),
        counts=tuple(sorted(counted.items())),
        weight=sum(one.word[0].isalnum() and one.word not in known.function for one in tokens),
    )


def _counts(token: Token, known: Vocabulary) -> bool:
    """Whether a word may not be said more often than before."""
    return token.kind != FILLER and (bool(token.kind) or is_content(token, known))


def _plurals(tokens: Sequence[Token], known: Vocabulary) -> Iterator[str]:
    """The findings named in the plural, where the language shows it by an s.

    "One of the spots" is one spot; "meningiomas grow slowly", without an article, says what
    "a meningioma grows slowly" does.
    """
    if tokens and tokens[0].kind == "thing" and tokens[0].word.endswith("s"):
        return
    for position, token in enumerate(tokens):
        plural = token.kind == "thing" and re.search(r"[^s]s$", token.word)
        if not plural or token.meaning not in known.grammar["countable"]:
            continue
        near = {one.word for one in tokens[max(0, position - 3) : position]}
        if not (near & known.grammar["one"] and near & known.grammar["of"]) and position:
            yield token.meaning


def _pairs(
    tokens: Sequence[Token], numbers: Sequence[tuple[Quantity, int]], known: Vocabulary
) -> Iterator[tuple[str, str]]:
    """What stands together in one part of a list, where the sentence has two of both kinds."""
    measured = {position: f"{value[0]} {value[1]}" for value, position in numbers}
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


def _parts(tokens: Sequence[Token], known: Vocabulary) -> Iterator[tuple[int, int, Token]]:
    """Each word with the number of the part of the list it stands in, and its place."""
    part = 0
    for position, token in enumerate(tokens):
        if token.word == "," or token.kind == BOUNDARY or token.word in known.grammar["joins"]:
            part += 1
        yield part, position, token
