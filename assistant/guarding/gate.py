"""May one sentence stand for another? The gate before any wording of a model is shown.

A candidate must keep the numbers with their units, the sides, the medical concepts, the
negations with what they deny, the hedges, the confirmation and the degrees of its source, and
must add no word of content. It is deterministic and needs no model. It refuses much that is
harmless; the written template is then shown instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from assistant.guarding.lexicon import (
    CONCEPTS,
    CONFIRMATIONS,
    HEDGES,
    NEGATIONS,
    NUMBER_WORDS,
    QUANTIFIERS,
    SIDES,
    UNITS,
    concepts,
    is_negation,
    sentences,
    word_set,
    words,
)

LENGTH_RATIO = (0.5, 1.8)
LEAST_OVERLAP = 0.6
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

_FUNCTION = word_set(
    "a an the of in on at to for and or but with from by is are was were be been being it its this "
    "that these those which who what there here your you we our they them he she as than then so "
    "if into over about around any all some more also just only own up out such has have had do "
    "does did will would should s means called"
)
_PLAIN = word_set(
    "above across advise advised after again appointment area areas before big bit brain check "
    "checked come comes computer consultation doctor doctors find finding found gave get give "
    "given gives go going group head image images inside it's kind know known later located "
    "long look looked make makes mark marked marks measure measured measures measuring mri near "
    "next now other outside part parts people person picture pictures place places plan point "
    "pointed program put read recommend recommended recommends result results review reviewed "
    "scan scans see seen show showed shown shows side sides size soon specialist still suggest "
    "suggests taken talk tell tells test tests that's thing things today told took type under "
    "visit visits way whether wide widest width within word writes written wrote"
)
_BANNED = re.compile(
    r"\b(?:must|have to|rare|genetic|aggressive|unusual|don'?t worry|do not worry|worry|serious"
    r"|seriously|dangerous|fine|healthy|great|good news|bad news|unfortunately|fortunately"
    r"|life.threatening|definitely|certainly|guarantee\w*|as an ai|i am|i'm|i think|dear|sorry|fda"
    r"|study|studies|research|children|pregnan\w*|ordinary|alarming|terrible|happy|lucky|hope)\b"
    r"|http|www|[#*`<>{}\[\]|_]|\?"
)
_FIRST_PERSON = re.compile(r"\b(?:i|me|my|mine|dr)\b")
_PAIRS = ((word_set("doctor doctors"), word_set("computer program machine software")),)
"""Actors who must not be swapped: who marked it and who checked it."""

Check = Callable[[str, str], str]


def faithful(source: str, candidate: str) -> tuple[bool, str]:
    """Whether a candidate says what the source says and no more, and if not, why.

    The reason is the first check that refused; it is empty if the candidate may be shown.
    """
    for check in CHECKS:
        if reason := check(source, candidate.strip()):
            return False, reason
    return True, ""


def _form(_source: str, candidate: str) -> str:
    if not candidate:
        return "nothing was said"
    if candidate[-1] not in ".!" or not candidate.isascii():
        return "not a plain sentence"
    return ""


def _numbers(source: str, candidate: str) -> str:
    if _quantities(source) != _quantities(candidate):
        return "the numbers or units differ"
    return ""


def _quantities(text: str) -> list[tuple[float, str]]:
    """Numbers with the unit that follows, sorted; "one" is too common a word to count."""
    said = words(text)
    found = []
    for position, word in enumerate(said):
        spelled = NUMBER_WORDS.get(word) if word not in {"one", "zero"} else None
        number = word if _NUMBER.fullmatch(word) else spelled
        if number is not None:
            following = said[position + 1] if position + 1 < len(said) else ""
            found.append((float(number), UNITS.get(following, "")))
    return sorted(found)


def _sides(source: str, candidate: str) -> str:
    def sides(text: str) -> Counter[str]:
        return Counter(SIDES[word] for word in words(text) if word in SIDES)

    return "the side differs" if set(sides(source)) != set(sides(candidate)) else ""


def _concepts(source: str, candidate: str) -> str:
    before, after = concepts(source), concepts(candidate)
    if before - after:
        return f"lost: {', '.join(sorted(before - after))}"
    if after - before:
        return f"added: {', '.join(sorted(after - before))}"
    return ""


def _actors(source: str, candidate: str) -> str:
    """Whoever acts in the source acts in the candidate, in the same order."""
    for left, right in _PAIRS:
        order = [
            ["left" if word in left else "right" for word in words(text) if word in left | right]
            for text in (source, candidate)
        ]
        if set(order[0]) != set(order[1]):
            return "somebody else is said to have done it"
    return ""


def _negations(source: str, candidate: str) -> str:
    before, after = _denied(source), _denied(candidate)
    if len(before) != len(after):
        return "a negation was added or lost"
    scope = set().union(*before) if before else set()
    if any(not part & scope for part in after):
        return "another thing is denied"
    first, second = _denied_concepts(source), _denied_concepts(candidate)
    if (first & second).total() < min(first.total(), second.total()):
        return "another thing is denied"
    return ""


def _denied(text: str) -> list[set[str]]:
    """For each negation of a text, the stems of the words it may reach."""
    said = words(text)
    return [
        {
            _stem(near)
            for near in said[max(0, position - 4) : position] + said[position + 1 : position + 7]
            if near not in _FUNCTION and not is_negation(near)
        }
        for position, word in enumerate(said)
        if is_negation(word)
    ]


def _denied_concepts(text: str) -> Counter[str]:
    """The first medical concept after each negation."""
    said = words(text)
    reached = (
        next((CONCEPTS[near] for near in said[position + 1 : position + 7] if near in CONCEPTS), "")
        for position, word in enumerate(said)
        if is_negation(word)
    )
    return Counter(concept for concept in reached if concept)


def _certainty(source: str, candidate: str) -> str:
    before, after = set(words(source)), set(words(candidate))
    if bool(before & HEDGES) != bool(after & HEDGES):
        return "how sure it is differs"
    if bool(before & CONFIRMATIONS) != bool(after & CONFIRMATIONS):
        return "whether it is confirmed differs"
    if before & {"yet"} and not after & {"yet", "still", "unknown"}:
        return "that it is not yet so was lost"
    return ""


def _degrees(source: str, candidate: str) -> str:
    def degrees(text: str) -> Counter[str]:
        return Counter(QUANTIFIERS[word] for word in words(text) if word in QUANTIFIERS)

    before, after = degrees(source), degrees(candidate)
    changed = (before - after) + (after - before)
    if changed:
        return f"the degree differs: {', '.join(sorted(changed))}"
    return ""


def _tone(source: str, candidate: str) -> str:
    before = source.lower()
    for match in _BANNED.finditer(candidate.lower()):
        if match.group() not in before:
            return f"alarm, comfort or mark-up: {match.group()}"
    if _FIRST_PERSON.search(candidate.lower()) and not _FIRST_PERSON.search(before):
        return "the machine speaks of itself"
    return ""


def _known_words(source: str, candidate: str) -> str:
    """No word of content that neither the source nor the list of plain words has."""
    stems = {_stem(word) for word in words(source)}
    meaningful = (CONCEPTS, QUANTIFIERS, SIDES, UNITS, NUMBER_WORDS)
    for word in words(candidate):
        if word in _FUNCTION or word in _PLAIN or _stem(word) in stems or _NUMBER.fullmatch(word):
            continue
        if word in NEGATIONS | HEDGES | CONFIRMATIONS or is_negation(word):
            continue
        if not any(word in group for group in meaningful):
            return f"a new word: {word}"
    return ""


def _repetition(source: str, candidate: str) -> str:
    def counts(text: str) -> Counter[str]:
        return Counter(_stem(word) for word in words(text) if word not in _FUNCTION)

    before = counts(source)
    said_again = [word for word, count in counts(candidate).items() if count > max(1, before[word])]
    if said_again or len(sentences(candidate)) > max(2, len(sentences(source))):
        return "it repeats itself"
    return ""


def _proportion(source: str, candidate: str) -> str:
    least, most = LENGTH_RATIO
    ratio = len(words(candidate)) / max(1, len(words(source)))
    if not least <= ratio <= most:
        return "much shorter or longer"
    kept = {_stem(word) for word in words(source) if word not in _FUNCTION}
    shared = kept & {_stem(word) for word in words(candidate)}
    if len(shared) < LEAST_OVERLAP * len(kept):
        return "too little of it is left"
    return ""


def _stem(word: str) -> str:
    """A word without its common endings, to compare forms of one word."""
    for ending in ("ations", "ation", "ing", "ies", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


CHECKS: tuple[Check, ...] = (
    _form,
    _numbers,
    _sides,
    _concepts,
    _actors,
    _negations,
    _certainty,
    _degrees,
    _tone,
    _known_words,
    _repetition,
    _proportion,
)
"""Every check, in the order in which it is asked; each returns why it refuses, or nothing."""
