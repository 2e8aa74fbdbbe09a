"""What no rewording may add, lose or turn round, whatever other words may come and go.

The rest and the whole, one alone, an exception, what follows a denial, normal and unlike normal,
which thing an adjective stands before, and what is cause and what is effect. Each check compares
two sentences by patterns in ``resources/gate/kept.*.toml`` and returns why it refuses, or nothing.
Where a sentence can be read both ways ("was sie auslöst"), it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.guarding.tokens import Token
from assistant.guarding.vocabulary import Vocabulary, plain
from resources.languages import table

CAUSE, EFFECT, _VERB = "cause", "effect", "verb"
_IT = "it"
_NEAR = 5
_BEFORE_NOUN = 3

Roles = Mapping[str, frozenset[str]]
"""What is said to be a cause and what an effect."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The patterns and words of one language.

    ``both`` must be in both sentences or in neither. Where one has the first of ``needs``, the
    other must have the second; where one has the first of ``apart``, only it may have the second.
    ``asked`` finds what is asked after "how". ``steps`` are words that join a cause and an effect,
    each with what stands before and after it; they are asked in their order.
    """

    both: Mapping[str, re.Pattern[str]]
    needs: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    apart: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    asked: re.Pattern[str]
    contrast: re.Pattern[str]
    after_denial: re.Pattern[str]
    contrasted: re.Pattern[str]
    normal: re.Pattern[str]
    unlike: re.Pattern[str]
    steps: tuple[tuple[re.Pattern[str], str, str], ...]
    words: Mapping[str, frozenset[str]]


@cache
def kept(language: str) -> Kept:
    """The patterns of a language; FileNotFoundError where it has none."""
    read = table("gate", f"kept.{language}")
    causes = read["causes"]
    names = ("stops", "pronouns", "suffering", "acting", "passive", "through")
    return Kept(
        both={name: re.compile(form) for name, form in read["both"].items()},
        needs=_pairs(read["needs"]["pairs"]),
        apart=_pairs(read["apart"]["pairs"]),
        asked=re.compile(read["apart"]["asked"]),
        contrast=re.compile(read["contrast"]["words"]),
        after_denial=re.compile(read["contrast"]["after_denial"]),
        contrasted=re.compile(read["contrast"]["contrasted"]),
        normal=re.compile(read["normal"]["words"]),
        unlike=re.compile(read["normal"]["unlike"]),
        steps=tuple(
            (re.compile(rf"(?<!\w){form}\b"), one, other) for form, one, other in causes["steps"]
        ),
        words={name: frozenset(plain(causes[name]).split(", ")) for name in names},
    )


def _pairs(forms: Sequence[Sequence[str]]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(one), re.compile(other)) for one, other in forms)


def quantity_lost(before: str, after: str, known: Vocabulary) -> str:
    """The rest, the whole, one alone and an exception stay what they are."""
    for name, form in kept(known.language).both.items():
        if bool(form.search(before)) != bool(form.search(after)):
            return f"added or lost: {name}"
    return ""


def condition_missed(before: str, after: str, known: Vocabulary) -> str:
    """What one sentence must have because the other has a word, or may not have because of it."""
    words = kept(known.language)
    for one, other in ((before, after), (after, before)):
        for form, needed in words.needs:
            if (told := form.search(one)) and not needed.search(other):
                return f"without its like in the other: {told.group().strip()}"
        for form, barred in words.apart:
            if form.search(one) and barred.search(other) and not barred.search(one):
                return "something else is denied, compared or confirmed"
    asked = [words.asked.findall(text) for text in (before, after)]
    if sorted(asked[0]) == sorted(asked[1]) and asked[0] != asked[1]:
        return "two questions were exchanged"
    return ""


def denial_undone(before: str, after: str, known: Vocabulary) -> str:
    """What is denied is not said in part after all, behind "but" or "and did"."""
    words = kept(known.language)
    if words.after_denial.search(after) and not words.after_denial.search(before):
        return "something is said after what is denied"
    denies = any(one in known.grammar["negations"] for one in re.findall(r"\w+", before))
    opposed = words.contrast.search(before) or words.contrasted.search(before)
    if denies and words.contrast.search(after) and not opposed:
        return "an opposite was added to what is denied"
    return ""


def unlike_normal(before: str, after: str, known: Vocabulary) -> str:
    """What differs from the normal is not told as normal, nor the other way."""
    words = kept(known.language)
    if not (words.normal.search(before) and words.normal.search(after)):
        return ""
    unlike = bool(words.unlike.search(before)), bool(words.unlike.search(after))
    return "normal and not normal were exchanged" if unlike[0] != unlike[1] else ""


def adjective_moved(before: Sequence[Token], after: Sequence[Token]) -> str:
    """No adjective stands before another of several things than it stood before."""
    told, then = {*_attributes(before)}, {*_attributes(after)}
    named = {one.meaning for one in before if one.kind == "thing"}
    attached = {adjective for adjective, _ in told}
    for adjective, thing in then - told:
        if adjective in attached and thing in named:
            return f"said of another thing: {adjective}"
    return ""


def _attributes(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Each degree with the thing it stands before, in its part of a list."""
    for position, token in enumerate(tokens):
        if token.kind != "degree":
            continue
        for other in tokens[position + 1 : position + 1 + _BEFORE_NOUN]:
            if other.kind == "thing":
                yield token.meaning, other.meaning
                break
            if other.word == "," or other.kind not in {"degree", "place"}:
                break


def cause_turned(before: str, after: str, known: Vocabulary) -> str:
    """What is caused is not told as the cause, nor the other way; nor so that it may be either."""
    told, then = causes(before, known), causes(after, known)
    for one, other in ((CAUSE, EFFECT), (EFFECT, CAUSE)):
        crossed, stayed = told[one] & then[other], told[other] & then[other]
        if crossed and not stayed:
            return "cause and effect were exchanged"
        if _may_meet(told[one], then[other]) and not _may_meet(told[other], then[other]):
            return "cause and effect were exchanged"
    return ""


def _may_meet(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two sets may share a name, as a pronoun may be any."""
    return bool(some and others and (some & others or _IT in some | others))


def causes(text: str, known: Vocabulary) -> Roles:
    """What a uniform text says is a cause and what an effect, as far as it names them."""
    words = kept(known.language)
    found: dict[str, set[str]] = {CAUSE: set(), EFFECT: set()}
    for form, *roles in words.steps:
        for match in form.finditer(text):
            sides = text[: match.start()], text[match.end() :]
            for side, role in enumerate(roles):
                for name, told in _named(sides[side], text, known, forward=bool(side)):
                    for one in _roles(role, told):
                        found[one].add(name)
        text = form.sub(lambda match: "·" * len(match.group()), text)
    return {role: frozenset(names) for role, names in found.items()}


def _roles(role: str, told: str) -> tuple[str, ...]:
    """The roles of a name beside a word, by its article where the order of words is free."""
    if role != _VERB:
        return (role,) if role else ()
    return {"suffers": (EFFECT,), "acts": (CAUSE,), "through": (CAUSE,)}.get(told) or (
        (EFFECT,) if told == "passive" else (CAUSE, EFFECT)
    )


def _named(part: str, text: str, known: Vocabulary, *, forward: bool) -> Iterator[tuple[str, str]]:
    """The nearest thing or pronoun in a part of a text, and what its article tells."""
    words = kept(known.language).words
    clause = re.split(r"[,;:.·]", part)
    told = (clause[0] if forward else clause[-1]).split()
    near = told[:_NEAR] if forward else told[-_NEAR:][::-1]
    for at, word in enumerate(near):
        if word in words["stops"]:
            return
        name = _IT if word in words["pronouns"] else _thing(word, known)
        if not name:
            continue
        article = word
        if word not in words["pronouns"]:
            around = near[max(0, at - 3) : at][::-1] if forward else near[at + 1 : at + 4]
            article = next(
                (one for one in around if one in words["suffering"] | words["acting"]
                 | words["through"]), "")  # fmt: skip
        yield name, _told(article, text, words)
        return


def _told(article: str, text: str, words: Mapping[str, frozenset[str]]) -> str:
    if article in words["through"]:
        return "through"
    if any(one in words["passive"] for one in text.split()):
        return "passive"
    if article in words["suffering"]:
        return "suffers"
    return "acts" if article in words["acting"] else ""


def _thing(word: str, known: Vocabulary) -> str:
    name = known.meaning(word.removesuffix("'s"))
    return name if known.kinds.get(name) == "thing" else ""
