"""The sentences of a report that speak of what a question names, in whatever words.

A sentence counts if it speaks of every place, means and condition the question names, holds the
kind of answer that is wanted, and leaves no more than a little of the question unsaid. Among those
the one that shares most comes first; a second one is told only if it shares as much. What is looked
for besides things and kinds of answer is ``resources/lay/matching.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.drafting.asking import Aspect, Question, about, named
from assistant.drafting.aspects import IN_GENERAL, SIDE_ASKED, only_kind, telling_patterns
from assistant.drafting.facts import COMPARISON, FINDINGS, IMPRESSION, addenda
from assistant.drafting.kinds import Kind, tells
from assistant.drafting.reading.things import (
    CARE,
    METHODS,
    PLACES,
    covers,
    of_group,
    things_in,
    without_things,
)
from assistant.drafting.reading.vocabulary import NAMELESS, SIDE, plain, whole_words
from assistant.drafting.requesting import is_request
from assistant.guarding.lexicon import sentences
from assistant.knowledge.language import language_of
from assistant.knowledge.terms import terms
from assistant.records import Citation, Report
from resources.languages import table

HARD = (PLACES, METHODS, CARE)
"""Groups of things that a sentence must speak of if a question names one."""
_SAME: dict[str, str] = {
    "wide-ventricles": "ventricles",
    "hippocampus": "hippocampus",
    "pituitary": "pituitary",
    "sinus": "sinuses",
    "white-matter": "white-matter",
    "shift": "displacement",
    "mass-effect": "pressure",
    "bleeding": "blood-pressure",
}
"""Conditions that a patient's word for a place or a state stands for already."""
_INSTEAD = {"uptake": "contrast", "hearing-test": "ears", "removal": "surgery"}
"""Things whose words stand for the other one too when both are named."""
_OF_TITLE = {"Comparison": frozenset({"earlier"}), "Vergleich": frozenset({"earlier"}),
             "Addendum": frozenset({"added"})}  # fmt: skip
"""What a section speaks of by its very title."""
_BESIDE = frozenset({"neighbour"})
_TOLD_BY = {"atrophy": {"age", "volume"}}
"""Things by which a sentence tells of a condition without its name."""
_NUMBER = re.compile(r"\d")
_AS_MUCH = 0.4
_MOST = 2
_LEAST_WORDS = 0.5
_SECTION = {"Impression": 0.2, "Beurteilung": 0.2, "Findings": 0.1, "Befund": 0.1}


@dataclass(frozen=True, slots=True)
class _Words:
    """What is looked for in a question or a sentence besides the things they name."""

    new: re.Pattern[str]
    which_side: re.Pattern[str]
    all_right: re.Pattern[str]
    needs: re.Pattern[str]
    ill: re.Pattern[str]
    well: re.Pattern[str]
    refers: re.Pattern[str]
    denies: re.Pattern[str]
    measure: re.Pattern[str]


@cache
def _words() -> _Words:
    """The words of ``resources/lay/matching.toml``."""
    file = table("lay", "matching")
    return _Words(
        **{name: whole_words(words) for name, words in file["words"].items()},
        **{name: re.compile(form) for name, form in file["forms"].items()},
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence with what it speaks of, and what the sentence it goes on from spoke of."""

    citation: Citation
    text: str
    conditions: frozenset[str]
    things: frozenset[str]
    inherited: frozenset[str]
    goes_on: frozenset[str]
    words: frozenset[str]
    language: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a sentence must speak of, and what speaks for it besides."""

    conditions: frozenset[str]
    things: frozenset[str]
    besides: frozenset[str]
    sides: frozenset[str]

    @property
    def any(self) -> bool:
        return bool(self.conditions or self.things)


def matching(question: Question, report: Report, language: str) -> list[Citation]:
    """At most two sentences that answer a question, best first; none where none speaks of it."""
    wanted = _wanted(question)
    if not wanted.any or Kind.FUTURE in question.kinds or IN_GENERAL.search(question.text):
        return []
    fitting = [
        (score, one)
        for one in _lines(report, language)
        if (score := _score(one, question, wanted)) is not None
    ]
    if not fitting:
        return []
    best = max(score for score, _ in fitting)
    fitting = [pair for pair in fitting if pair[0] >= best - _AS_MUCH]
    fitting.sort(key=lambda pair: -pair[0])
    return [one.citation for _, one in fitting[:_MOST]]


def _wanted(question: Question) -> _Wanted:
    things = question.things - {_INSTEAD.get(one, "") for one in question.things}
    conditions = {one for one in question.subjects if _SAME.get(one) not in things}
    hard = of_group(things, *HARD)
    soft = things - hard
    if not hard:
        hard, soft = soft, frozenset()
    return _Wanted(frozenset(conditions) - NAMELESS - {"normal"}, hard, soft, sides_asked(question))


def sides_asked(question: Question) -> frozenset[str]:
    """The side a question speaks of; none where it asks for the side."""
    if _words().which_side.search(question.text) or Aspect.PLACE in question.aspects:
        return frozenset()
    left = without_things(_words().all_right.sub(" ", question.text))
    found = {str(match.lastgroup) for match in SIDE.finditer(left)}
    return frozenset(found & {"left", "right"})


def _lines(report: Report, language: str) -> Iterator[_Line]:
    """Every sentence of the report, the conclusion first.

    One that names nothing of its own goes on about what the sentence before named; "the lesion"
    is where the last lesion was said to be.
    """
    places: frozenset[str] = frozenset()
    found: dict[str, list[_Line]] = {}
    kind = only_kind(report)
    order = (*addenda(report), *IMPRESSION, *FINDINGS, "Technique", *COMPARISON)
    for title in (*FINDINGS, *IMPRESSION, *addenda(report), "Technique", *COMPARISON):
        held = found.setdefault(title, [])
        of_title = _OF_TITLE.get(title.split(" ")[0], frozenset())
        before: _Line | None = None
        for sentence in sentences(report.section(title)):
            text = plain(sentence)
            things = things_in(text) | of_title
            conditions = frozenset(named(sentence)) - {"normal"}
            if conditions and conditions <= NAMELESS and not _words().denies.search(text):
                conditions |= kind  # "a mass" is what the impression calls it
            refers = bool(_words().refers.search(text))
            own = conditions or of_group(things_in(text), *HARD)
            of_acts = title == "Technique" or is_request(text)
            affirms = (
                before is not None
                and not _words().well.search(before.text)
                and not _words().denies.search(before.text)
            )
            leans = affirms and not of_acts and (refers or not own)
            went_on = before.conditions | before.goes_on if before is not None and leans else ()
            inherited = places if refers else frozenset()
            if before is not None and leans:
                inherited |= before.things | before.inherited
            if _named_places(things) - _BESIDE:
                inherited -= _named_places(inherited)  # "the frontal lesion" is not elsewhere
            before = _Line(
                Citation(f"report:{title}", sentence), text, conditions, things, inherited,
                frozenset(went_on), frozenset(terms(sentence, language)), language_of(sentence),
            )  # fmt: skip
            held.append(before)
            if conditions and not refers and not _words().well.search(text):
                places = _named_places(things)
    for title in order:
        yield from found[title]


def _named_places(things: frozenset[str]) -> frozenset[str]:
    return of_group(things, PLACES)


def _score(line: _Line, question: Question, wanted: _Wanted) -> float | None:
    """How much of the question a sentence holds; None if it does not answer it."""
    conditions = sum(
        _is_held(one, line.conditions | line.goes_on, line.things) for one in wanted.conditions
    )
    written = line.things | line.inherited
    things = sum(covers(written, one) for one in wanted.things)
    if conditions + things < len(wanted.conditions) + len(wanted.things):
        return None
    besides = sum(covers(written, one) for one in wanted.besides)
    if wanted.besides and not besides and not _words().well.search(line.text):
        return None
    shared = len(question.words & line.words)
    if not (
        wanted.sides <= sides_in(line.text)
        and _holds_kind(line, question)
        and _is_of_acts(line, question)
        and _enough_words(line, question, shared, conditions + things)
    ):
        return None
    own = sum(covers(line.things, one) for one in wanted.things)
    own += sum(_is_held(one, line.conditions, line.things) for one in wanted.conditions)
    return (
        3.0 * (conditions + things)
        + 2.0 * besides
        - 1.0 * (own < conditions + things)
        + 1.5 * shared
        + 0.5 * bool(question.subjects & NAMELESS & line.conditions)
        - 1.0 * bool(_words().ill.search(question.text) and _words().well.search(line.text))
        + _SECTION.get(line.citation.source.removeprefix("report:"), 0.0)
    )


def _is_of_acts(line: _Line, question: Question) -> bool:
    """Whether a sentence that asks for something fits the question, and one that does not."""
    if is_request(line.text):
        return _asks_for_acts(question)
    return not _asks_whether_needed(question)


def _asks_for_acts(question: Question) -> bool:
    """Whether a question is about what is to be done, so that a request can answer it."""
    acts = of_group(question.things, CARE) or Kind.CAUSE in question.kinds
    return bool(acts or Aspect.NEXT in question.aspects or _words().needs.search(question.text))


def _asks_whether_needed(question: Question) -> bool:
    """Whether a question is for whether something is to be done, which only a request answers."""
    return bool(of_group(question.things, CARE) and _words().needs.search(question.text))


def _is_held(subject: str, held: frozenset[str], things: frozenset[str]) -> bool:
    """Whether a sentence speaks of a condition, by name or by what tells of it."""
    if subject == "hydrocephalus" and "ventricles" in things and subject not in held:
        return bool(held & {"wide-ventricles"} and "width" in things)
    return any(about(subject, one) for one in held) or bool(_TOLD_BY.get(subject, set()) & things)


def sides_in(text: str) -> set[str]:
    """The sides a sentence in ``plain`` form names; both are left and right."""
    found = {str(match.lastgroup) for match in SIDE.finditer(text)}
    return found | ({"left", "right"} if "both" in found else set())


def _enough_words(line: _Line, question: Question, shared: int, named_things: int) -> bool:
    """Whether enough of the question's other words are there; another language shares none."""
    missing = len(question.words) - shared
    if missing <= 0:
        return True
    if line.language != language_of(question.text):
        return missing < named_things
    return missing < named_things or shared >= _LEAST_WORDS * len(question.words)


def _holds_kind(line: _Line, question: Question) -> bool:
    """Whether a sentence holds every kind of answer the question wants."""
    if question.largest and not _NUMBER.search(line.text):
        return False
    told = (_tells(aspect, line, question) for aspect in question.aspects)
    return all(tells(kind, line.text) for kind in question.kinds) and all(told)


def _tells(aspect: Aspect, line: _Line, question: Question) -> bool:
    """Whether a sentence tells what is asked; always where any sentence may."""
    if aspect in {Aspect.PLACE, Aspect.COUNT} and _words().new.search(question.text):
        if not _words().new.search(line.text):
            return False
    elif aspect is Aspect.SIZE and _words().measure.search(line.text):
        return True
    if aspect is Aspect.PLACE:
        return _tells_place(line, question)
    if aspect not in {Aspect.SIZE, Aspect.COUNT, Aspect.COURSE}:
        return True
    return any(one.search(line.text) for one in telling_patterns(aspect, question))


def _tells_place(line: _Line, question: Question) -> bool:
    """Whether a sentence names a side, or another place where not only the side is asked for."""
    if SIDE.search(line.text):
        return True
    other = of_group(line.things - question.things, PLACES)
    return bool(other) and not SIDE_ASKED.search(question.text)
