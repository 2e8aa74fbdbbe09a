"""Wrong versions of plain sentences, to test whether the gate lets one through.

The tables were written for this bench alone, before the gate was tuned and without its word
lists: agreeing with the gate's own lists would test nothing. A mutant is wrong when its source
does not support it; that it is also odd is no objection, since a small model writes odd sentences.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from tests.bench.assistant import mutation_words as words

Rule = Callable[[str, str], list[str]]


@dataclass(frozen=True)
class Mutant:
    """One wrong sentence: what was done to `source`, and the result."""

    kind: str
    language: str
    source: str
    text: str


def _replaced(sentence: str, old: str, new: str) -> str | None:
    """The sentence with the first whole-word ``old`` changed; None where it does not occur."""
    found = re.search(rf"(?<!\w){old}(?!\w)", sentence) or re.search(
        rf"(?<!\w){old}(?!\w)", sentence[:1].lower() + sentence[1:]
    )
    if not found:
        return None
    lowered = found.string != sentence
    changed = found.string[: found.start()] + found.expand(new) + found.string[found.end() :]
    changed = re.sub(r"\s+", " ", changed).strip().replace(" .", ".").replace(" ,", ",")
    return changed[:1].upper() + changed[1:] if lowered or found.start() == 0 else changed


def _by_table(table: dict[str, tuple[tuple[str, str], ...]], unless: str = "") -> Rule:
    """A rule that applies each pair of the language's table once, if ``unless`` is not found."""

    def rule(sentence: str, language: str) -> list[str]:
        if unless and re.search(unless, sentence, re.IGNORECASE):
            return []
        made = (_replaced(sentence, old, new) for old, new in table.get(language, ()))
        return [text for text in made if text is not None and text != sentence]

    return rule


def _numbers(sentence: str, _language: str) -> list[str]:
    made = []
    for found in re.finditer(r"\d+(?:\.\d+)?", sentence):
        value = float(found[0])
        others = (
            (value + 1, value * 2, value * 10) if "." not in found[0] else (value + 0.5, value * 10)
        )
        made += [
            sentence[: found.start()] + f"{other:g}" + sentence[found.end() :] for other in others
        ]
    return made


def _appended(additions: dict[str, tuple[str, ...]]) -> Rule:
    """A rule that hangs each clause or sentence of the language on the end of the source."""

    def rule(sentence: str, language: str) -> list[str]:
        stem = sentence.rstrip(".!? ")
        return [
            f"{stem}, {extra}." if extra[0].islower() else f"{stem}. {extra}."
            for extra in additions[language]
        ]

    return rule


RULES: dict[str, Rule] = {
    "side": _by_table(words.SIDES),
    "number": _numbers,
    "number word": _by_table(words.NUMBER_WORDS),
    "unit": _by_table(words.UNITS),
    "negation removed": _by_table(words.NEGATION_REMOVED),
    "negation added": _by_table(words.NEGATION_ADDED, unless=f"{words.NEGATED}|{words.MODAL}"),
    "finding": _by_table(words.FINDINGS),
    "anatomy": _by_table(words.ANATOMY),
    "certainty raised": _by_table(words.CERTAINTY_RAISED),
    "certainty lowered": _by_table(words.CERTAINTY_LOWERED, unless=words.HEDGED),
    "confirmation": _by_table(words.CONFIRMATION),
    "urgency": _by_table(words.URGENCY),
    "specialty": _by_table(words.SPECIALTIES),
    "quantifier": _by_table(words.QUANTIFIERS),
    "who": _by_table(words.WHO),
}
INSERTIONS: dict[str, Rule] = {
    "reassurance": _appended(words.REASSURANCE),
    "alarm": _appended(words.ALARM),
    "drug": _appended(words.DRUGS),
    "treatment": _appended(words.TREATMENTS),
    "cancer": _appended(words.CANCER),
    "prognosis": _appended(words.PROGNOSIS),
}
ALONE = {"negation added"}
"""Kinds never combined: "not in the right lobe" may be true of a growth in the left one."""
CANCELLING = (
    {"number", "unit"},
    {"negation removed", "quantifier"},
    {"negation removed", "confirmation"},
    {"certainty raised", "certainty lowered"},
    {"confirmation", "who"},
)


def _single(source: str, said: str, language: str) -> Iterator[Mutant]:
    for kind, rule in RULES.items():
        yield from (Mutant(kind, language, source, text) for text in rule(said, language))


def _inserted(source: str, language: str, dice: random.Random, limit: int) -> Iterator[Mutant]:
    for kind in dice.sample(list(INSERTIONS), limit):
        yield Mutant(kind, language, source, dice.choice(INSERTIONS[kind](source, language)))


def _double(source: str, language: str, dice: random.Random, limit: int) -> Iterator[Mutant]:
    """Up to ``limit`` mutants with two kinds of error, without pairs that may cancel each other."""
    pairs = [
        pair
        for pair in combinations(RULES, 2)
        if set(pair) not in CANCELLING and not ALONE & set(pair)
    ]
    dice.shuffle(pairs)
    made = 0
    for first, second in pairs:
        once = RULES[first](source, language)
        twice = RULES[second](dice.choice(once), language) if once else []
        if twice and (text := dice.choice(twice)) != source:
            yield Mutant(f"{first} + {second}", language, source, text)
            made += 1
            if made == limit:
                return


def mutants(
    sayings: list[tuple[str, str, str]], *, seed: int = 7, doubles: int = 4, insertions: int = 3
) -> list[Mutant]:
    """Every wrong version of (language, source, faithful paraphrase), the same ones for a seed.

    Single errors are made in the source and in its paraphrase: a model that rewords and errs in
    one breath is the case the gate is there for.
    """
    dice = random.Random(seed)
    found: dict[tuple[str, str], Mutant] = {}
    for language, source, paraphrase in sayings:
        made = (
            *_single(source, source, language),
            *_single(source, paraphrase, language),
            *_inserted(source, language, dice, insertions),
            *_double(source, language, dice, doubles),
        )
        for mutant in made:
            if mutant.text not in {source, paraphrase}:
                found.setdefault((source, mutant.text), mutant)
    return list(found.values())
