"""The impression against the findings section: a conclusion must not turn an observation round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.drafting.checking.phrases import Stance, Statement
from assistant.drafting.checking.quantities import Quantity, Role
from assistant.drafting.checking.vocabulary import ABNORMALITY, LESION, RELATION, STRUCTURE

_NARROW = re.compile(
    r"\b(acute|new|further|other|second|additional|old|chronic|recurrent|residual)\b"
)


def turned_round(
    said: Sequence[Statement], sentence: str, before: Sequence[Statement]
) -> Iterator[str]:
    """What a sentence of the impression says against the statements of the findings section."""
    for one in said:
        if one.topic in {"", RELATION, STRUCTURE, ABNORMALITY} or one.stance is Stance.SUPPOSED:
            continue
        same = [other for other in before if other.topic == one.topic]
        same = [other for other in same if other.stance is not Stance.SUPPOSED]
        if same:
            yield from _against(one, sentence, same)


def _against(one: Statement, sentence: str, same: Sequence[Statement]) -> Iterator[str]:
    agreeing = [other for other in same if other.stance is one.stance]
    opposed = [other for other in same if other.stance is not one.stance]
    if opposed and not agreeing and any(_opposite(one, other) for other in opposed):
        verb = "denies" if one.stance is Stance.DENIED else "states"
        other = "states it" if one.stance is Stance.DENIED else "denies it"
        yield f'"{sentence}" {verb} {_name(one)}; the Findings section {other}.'
        return
    if one.stance is Stance.AFFIRMED and agreeing:
        yield from _details(one, sentence, agreeing)


def _opposite(one: Statement, other: Statement) -> bool:
    """Whether a denial and an affirmation can not both hold: what is narrower denies less."""
    denied, affirmed = (one, other) if one.stance is Stance.DENIED else (other, one)
    if set(_NARROW.findall(denied.text)) - set(_NARROW.findall(affirmed.text)):
        return False
    if denied.topic == LESION and not denied.generic and not denied.kinds & affirmed.kinds:
        return False
    return not _apart(denied.sides, affirmed.sides) and not _apart(denied.places, affirmed.places)


def _details(one: Statement, sentence: str, agreeing: Sequence[Statement]) -> Iterator[str]:
    sides = frozenset[str]().union(*(other.sides for other in agreeing))
    places = frozenset[str]().union(*(other.places for other in agreeing))
    if one.sides - sides and sides and all(other.sides for other in agreeing):
        yield (
            f'"{sentence}" says {_and(one.sides)}; the Findings section says {_and(sides)}'
            f" of {_name(one)}."
        )
    elif _apart(one.places, places) and all(other.places for other in agreeing):
        yield f'"{sentence}" says another place of {_name(one)} than the Findings section.'
    there = [number for other in agreeing for number in _now(other)]
    for number in _now(one):
        comparable = [other for other in there if other.is_volume == number.is_volume]
        if comparable and not any(_near(number, other) for other in comparable):
            told = ", ".join(other.written for other in comparable)
            yield f"{number.written} is written; the Findings section says {told}."


def _now(one: Statement) -> list[Quantity]:
    return [number for number in one.quantities if number.role is Role.NOW]


def _near(one: Quantity, other: Quantity) -> bool:
    within = 0.5 * max(one.step, other.step) + 0.51 * (not one.is_volume)
    within = max(within, 0.06 * other.value if one.about or other.about else 0.02 * other.value)
    return abs(one.value - other.value) <= within


def _apart(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other and not one & other)


def _and(sides: frozenset[str]) -> str:
    return " and ".join(sorted(sides))


def _name(one: Statement) -> str:
    return "a lesion" if one.topic == LESION else f"the {one.topic}"
