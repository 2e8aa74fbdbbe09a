"""May one sentence stand for another? The gate before any wording of a model is shown.

A candidate must have the numbers with their units, the sides, places and findings, the
negations with what they deny, the certainty, the confirmation and the degrees of its source, and
must add no word of content (``assistant.guarding.meaning`` says what a sentence says). These
checks need no model. What passes them all is held against a network that learnt from right and
wrong rewordings (``assistant.guarding.agreement``), where there is one: it may refuse, never let
through (ADR 56). Much that is harmless is refused; the written template is then shown instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.guarding.agreement import agreement
from assistant.guarding.binding import changed_places, number_name, stand_as_before
from assistant.guarding.kept import (
    adjective_moved,
    cause_turned,
    condition_missed,
    denial_undone,
    quantity_lost,
    unlike_normal,
)
from assistant.guarding.meaning import Meaning, read
from assistant.guarding.roles import MAIN, exchanged, same_roles
from assistant.guarding.tokens import cut, tokenised
from assistant.guarding.vocabulary import Vocabulary, plain, vocabulary
from assistant.ports import PairReader

LENGTH_RATIO = (0.4, 2.5)
MORE_SENTENCES = 2
NAMED_AGAIN = 1
LEAST_KEPT = 0.7
LEAST_WEIGHT = 0.6
DOUBTED_BELOW = 0.05
"""Below this probability of saying the same nothing passes (ADR 56)."""
_OF_THEN_AND_NOW = frozenset({"since", "before", "old"})
_MARKUP = re.compile(r"http|www|[#*`<>{}\[\]|_\n]|\?")
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A source and a candidate with what each says."""

    source: str
    candidate: str
    before: Meaning
    after: Meaning
    known: Vocabulary


Check = Callable[[Pair], str]


def faithful(
    source: str, candidate: str, *, language: str = "en", reader: PairReader | None = None
) -> tuple[bool, str]:
    """Whether a candidate says what the source says and no more, and if not, why.

    Both are in ``language`` ("en" or "de"). The reason is the first check that refused; it is
    empty if the candidate may be shown. With a ``reader`` a network is asked last.
    """
    known = vocabulary(language)
    candidate = candidate.strip()
    pair = Pair(source, candidate, read(source, known), read(candidate, known), known)
    for check in CHECKS:
        if reason := check(pair):
            return False, reason
    agreed = agreement(source, candidate, reader)
    if agreed is not None and agreed < DOUBTED_BELOW:
        return False, _doubt(agreed)
    return True, ""


def _doubt(agreed: float) -> str:
    """Why the network refuses, which gives no reason but how likely it finds the two to agree."""
    likely, least = int(1000 * agreed) / 10, 100 * DOUBTED_BELOW
    return (
        f"no rule objects, the network does: {likely} % likely to say the same, "
        f"at least {least:.0f} % is asked"
    )


def _form(pair: Pair) -> str:
    if not pair.candidate:
        return "nothing was said"
    foreign = [
        one for one in pair.candidate if not one.isascii() and one not in pair.known.letters + "’"
    ]
    if not re.search(r"[^.!][.!]$", pair.candidate) or foreign:
        return "not a plain sentence"
    if _ends_open(pair) or _cut_short(pair):
        return "not a whole sentence"
    told, before = cut(pair.candidate, pair.known), cut(pair.source, pair.known)
    if len(told) > len(before) + MORE_SENTENCES:
        return "more sentences than before"
    if len(told) > len(before) and not all(_says_something(one, pair.known) for one in told):
        return "not a whole sentence"
    return ""


def _says_something(sentence: str, known: Vocabulary) -> bool:
    """Whether a sentence has more than words that may come and go."""
    one = read(sentence, known)
    return bool(one.said or one.rest or one.quantities)


def _cut_short(pair: Pair) -> bool:
    """Whether it is only the first words of its source, the rest left out."""
    words = [re.findall(r"\w+", plain(text)) for text in (pair.source, pair.candidate)]
    return len(words[1]) < len(words[0]) and words[0][: len(words[1])] == words[1]


def _ends_open(pair: Pair) -> bool:
    """Whether it ends on a word that no sentence ends on."""
    last = plain(pair.candidate[:-1]).split()
    return bool(last) and last[-1] in pair.known.grammar["unfinished"]


def _numbers(pair: Pair) -> str:
    same = pair.before.quantities == pair.after.quantities
    return "" if same else "the numbers or units differ"


def _sides(pair: Pair) -> str:
    said = [pair.before.said, pair.after.said]
    both = [one for one in said if "both" in one]
    each = [one for one in said if "both" not in one and {"left", "right"} <= one]
    if len(both) == len(each) == 1 and not {"left", "right"} & both[0]:
        return ""
    return "the side differs" if _changed(pair, "side") else ""


def _concepts(pair: Pair) -> str:
    lost, added = _difference(
        pair, "place", "position", "thing", "specialty", "act", "modality", "manner"
    )
    if lost:
        return f"lost: {', '.join(sorted(lost))}"
    if added:
        return f"added: {', '.join(sorted(added))}"
    denied = pair.before.denied & pair.after.denied
    if pair.before.plurals - denied != pair.after.plurals - denied:
        return "one became several, or several one"
    return ""


def _together(pair: Pair) -> str:
    """Where there are two sides, places or numbers, each belongs to what it belonged to."""
    cast, other = pair.before.cast, pair.after.cast
    parts = pair.before.parts, pair.after.parts
    sides = same_roles(cast.sides, other.sides) or (
        {*cast.sides} == {*other.sides} and stand_as_before([*dict(cast.sides)], *parts)
    )
    if not sides or not _same_numbers(pair):
        return "the order of sides or numbers differs"
    compares = pair.known.carries(pair.after.text, "compared")
    compares = compares or (bool(cast.rising) and cast.rising == other.rising)
    if cast.compared != other.compared and not compares:
        return "it is compared with another time"
    if cast.standard != other.standard and cast.standard and other.standard:
        return "then and now were exchanged"
    if cast.measured != other.measured:
        return "the number is that of something else"
    before, after = pair.before.pairs, pair.after.pairs
    for one in {name for name, _ in before} & {name for name, _ in after}:
        if {mate for name, mate in before if name == one} != {m for n, m in after if n == one}:
            return "parts were exchanged"
    return ""


def _exchanged(pair: Pair) -> str:
    """No two things took each other's place, in a part of the sentence or about a verb."""
    cast, other = pair.before.cast, pair.after.cast
    settled = frozenset(
        number_name(float(value), dimension)
        for dimension, roles in cast.numbers
        for value, role in roles
        if role != MAIN
    )
    if exchanged(cast, other) or changed_places(pair.before.parts, pair.after.parts, settled):
        return "two things changed places"
    return ""


def _same_numbers(pair: Pair) -> bool:
    before, after = dict(pair.before.cast.numbers), dict(pair.after.cast.numbers)
    return before.keys() == after.keys() and all(
        same_roles(roles, after[dimension])
        or (
            {*roles} == {*after[dimension]}
            and stand_as_before(
                [number_name(float(name), dimension) for name, _ in roles],
                pair.before.parts,
                pair.after.parts,
            )
        )
        for dimension, roles in before.items()
    )


def _actors(pair: Pair) -> str:
    """Whoever acts in the source acts in the candidate, and did the same."""
    casts = (pair.before.cast, pair.after.cast)
    shared = {act for _, act in casts[0].doers} & {act for _, act in casts[1].doers}
    did = [{one for one in cast.doers if one[1] in shared} for cast in casts]
    if _changed(pair, "actor") or did[0] != did[1]:
        return "somebody else is said to have done it"
    acts, undergoes = (
        [bool(form.search(one.text)) for one in (pair.before, pair.after)]
        for form in (pair.known.forms["you_act"], pair.known.forms["you_undergo"])
    )
    if acts[0] != acts[1] and undergoes == acts[::-1]:
        return "the reader and somebody else changed places"
    return ""


def _negations(pair: Pair) -> str:
    before, after = pair.before, pair.after
    listed = before.outright and after.outright and min(before.negations, after.negations) > 0
    if before.negations != after.negations and not listed:
        return "a negation was added or lost"
    if _settled(before.denied, after.denied, pair.known):
        return "another thing is denied"
    if after.denied & after.affirmed - before.affirmed:
        return "what is denied is said as well"
    apart = bool(before.reach and after.reach) and not before.reach & after.reach
    if before.bare != after.bare or (before.bare and apart):
        return "another thing is denied"
    return ""


def _certainty(pair: Pair) -> str:
    if _changed(pair, "certainty", "ability"):
        return "how sure it is differs"
    supposed = pair.known.forms["supposed"]
    if bool(supposed.search(pair.before.text)) != bool(supposed.search(pair.after.text)):
        return "what is so is said to be so only if"
    if _changed(pair, "confirmation"):
        return "whether it is confirmed differs"
    return ""


def _degrees(pair: Pair) -> str:
    lost, added = _difference(pair, "degree", "often")
    return f"the degree differs: {', '.join(sorted(lost | added))}" if lost | added else ""


def _tone(pair: Pair) -> str:
    before, after = plain(pair.source), plain(pair.candidate)
    for match in (*pair.known.banned.finditer(after), *_MARKUP.finditer(after)):
        if match.group() not in before:
            return f"alarm, comfort or mark-up: {match.group()}"
    first = pair.known.grammar["first_person"]
    spoken = [{one.word for one in tokenised(text, pair.known)} for text in (before, after)]
    if spoken[1] & first - spoken[0]:
        return "the machine speaks of itself"
    return ""


def _time(pair: Pair) -> str:
    """What is to come is not told as past, nor one question as another."""
    words = [{one.word for one in tokenised(text, pair.known)} for text in (pair.source,
             pair.candidate)]  # fmt: skip
    future, past = pair.known.grammar["future"], pair.known.grammar["past"]
    for one, other in (words, words[::-1]):
        if one & future and not other & future and other & past and not one & past:
            return "what is to come is told as past, or the other way"
    for first, second in pair.known.contrary:
        told = [(bool(one & first), bool(one & second)) for one in words]
        if {*told} == {(True, False), (False, True)}:
            return "something else is said to have happened"
    if _was_for_is(pair):
        return "what is so is said to have been so, or the other way"
    asked = [one & pair.known.grammar["asked_for"] for one in words]
    if words[0] & pair.known.grammar["asks"] and asked[1] - asked[0] and not (
        words[0] & words[1] & pair.known.grammar["asks"]
    ):  # fmt: skip
        return "another thing is asked"
    return ""


def _was_for_is(pair: Pair) -> bool:
    """Whether one tells a state of now and the other, with no other word of the past, of then."""
    forms, texts = pair.known.forms, (pair.before.text, pair.after.text)
    for one, other in (texts, texts[::-1]):
        now = forms["state_now"].search(one) and not forms["past_told"].search(one)
        if now and forms["state_then"].search(other) and not forms["state_now"].search(other):
            return True
    return False


def _kept(pair: Pair) -> str:
    """Nothing that may never be added, lost or turned round was."""
    texts = pair.before.text, pair.after.text
    for check in (quantity_lost, condition_missed, denial_undone, unlike_normal, cause_turned):
        if reason := check(*texts, pair.known):
            return reason
    return adjective_moved(
        tokenised(pair.source, pair.known), tokenised(pair.candidate, pair.known)
    )


def _known_words(pair: Pair) -> str:
    """No word of content that neither the source nor the list of plain words has."""
    new = sorted(one for one in pair.after.rest - pair.before.rest if _LETTERS.match(one))
    return f"a new word: {new[0]}" if new else ""


def _repetition(pair: Pair) -> str:
    before, often = dict(pair.before.counts), dict(pair.before.often)
    if any(count > often.get(one, 1) for one, count in pair.after.often):
        return "it repeats itself"
    again = dict(pair.after.often)
    if any(count > again.get(one, count) for one, count in pair.before.often):
        return "something said twice is said once"
    more = [count - max(1, before.get(word, 0)) for word, count in pair.after.counts]
    repeated = [one for one in more if one > 0]
    return "it repeats itself" if len(repeated) > NAMED_AGAIN or sum(repeated) > NAMED_AGAIN else ""


def _proportion(pair: Pair) -> str:
    least, most = LENGTH_RATIO
    ratio = len(pair.candidate.split()) / max(1, len(pair.source.split()))
    if not least <= ratio <= most:
        return "much shorter or longer"
    if pair.after.weight < LEAST_WEIGHT * pair.before.weight:
        return "too little of it is left"
    kept, shared = pair.before.rest, pair.before.rest & pair.after.rest
    if len(shared) < LEAST_KEPT * len(kept):
        return "too little of it is left"
    return ""


def _difference(pair: Pair, *kinds: str) -> tuple[set[str], set[str]]:
    """Meanings of these kinds that were lost and added.

    Without those that may replace another, and those that the other sentence carries along.
    """
    parts = [
        {one for one in part.said if pair.known.kinds[one] in kinds}
        for part in (pair.before, pair.after)
    ]
    lost, added = parts[0] - parts[1], parts[1] - parts[0]
    for one in sorted(lost):
        mate = next((two for two in sorted(added) if {one, two} in pair.known.compatible), None)
        if mate is not None:
            lost, added = lost - {one}, added - {mate}
    return (
        {one for one in lost if not _implied(one, pair.after, pair)},
        {
            one
            for one in added
            if not _implied(one, pair.before, pair)
            and not pair.known.stands_for(pair.before.text, one)
        },
    )


def _implied(meaning: str, other: Meaning, pair: Pair) -> bool:
    """Whether the other sentence carries a meaning without naming it, in words or in numbers."""
    rising = pair.before.cast.rising
    if rising and rising == pair.after.cast.rising and meaning in {rising, *_OF_THEN_AND_NOW}:
        return True
    return pair.known.carries(other.text, meaning)


def _changed(pair: Pair, *kinds: str) -> bool:
    lost, added = _difference(pair, *kinds)
    return bool(lost | added)


def _settled(before: frozenset[str], after: frozenset[str], known: Vocabulary) -> bool:
    """Whether what is denied differs by more than one compatible meaning for another."""
    lost, added = before - after, after - before
    return any(not any({one, two} in known.compatible for two in added) for one in lost) or any(
        not any({one, two} in known.compatible for one in lost) for two in added
    )


CHECKS: tuple[Check, ...] = (
    _form,
    _numbers,
    _sides,
    _concepts,
    _together,
    _actors,
    _negations,
    _certainty,
    _degrees,
    _exchanged,
    _time,
    _kept,
    _tone,
    _known_words,
    _repetition,
    _proportion,
)
"""Every check, in the order in which it is asked; each returns why it refuses, or nothing."""
