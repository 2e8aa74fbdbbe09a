"""The sentence of a report that holds how large, where, how many, or what became of a thing.

A sentence counts if it tells what is asked and is about the thing: it names it, or goes on about
what the sentence before named ("It measures 9 mm"). Nothing is put in other words here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from assistant.drafting.asking import Aspect, Question, about, named
from assistant.drafting.facts import COMPARISON, FINDINGS, IMPRESSION, addenda
from assistant.drafting.reading.stances import Stance, read
from assistant.drafting.reading.vocabulary import (
    CONDITION,
    GROWTHS,
    NAMELESS,
    PLACE,
    SIDE,
    condition_of,
    plain,
)
from assistant.guarding.lexicon import sentences
from assistant.knowledge.terms import asked as asked_terms
from assistant.knowledge.terms import terms
from assistant.records import Citation, Report

_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|single|solitary|multiple"
    r"|several|numerous|many|few|both|couple|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn"
    r"|mehrere[rn]?|multiple[rn]?|zahlreiche[rn]?|einige[rn]?|wenige[rn]?|beide[rn]?|einzelne[rn]?"
    r"|(?<!grade )(?<!grad )(?<!fazekas )\d{1,2}(?! ?(?:mm|cm|ml|x|×|%|t\b|week|month|year|day"
    r"|woche|monat|jahr|tag|\.|,\d)))"
)
COUNTED = re.compile(
    rf"\b{_NUMBER}(?: [a-zäöüß-][\w-]*){{0,3}} (?:spots?|foci|areas?|flecken|{CONDITION.pattern})"
    rf"|\b{_NUMBER} (?:of (?:them|these|which)|davon)\b"
)
_EXACT = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|single|solitary|zwei|drei"
    r"|vier|fünf|sechs|sieben|acht|neun|zehn|\d{1,2})\b"
)
_SOME_OF = re.compile(r"\b(?:new|neue?[rnsm]?|of (?:them|these|which)|davon)\b")
_THICK = re.compile(r"\b(?:thick\w*|deep|depth|dicke?|tief\w*)\b")
"""Measures that no other measure stands for."""
_LENGTH = re.compile(r"\d ?(?:mm|cm|ml)\b")
_WIDTH = re.compile(
    r"\b(?:width|size|wide|widened|enlarged|dilated|weit|erweitert|vergrößert|normalgroß)\b"
)
_CHANGED = re.compile(
    r"\b(?:unchanged|stable|constant|(?:no|without) (?:\w+ )?(?:change|growth|progress\w*)"
    r"|larger|bigger|smaller|grown|shrunk|shrinking|increas\w+|decreas\w+|progress\w+|regress\w+"
    r"|enlarging|new(?:ly)?|unverändert\w*|stabil\w*|konstant\w*|größer|kleiner|gewachsen"
    r"|zugenommen|abgenommen|zunahme|abnahme|progredien\w+|regredien\w+|neu(?:e[nrsm]?)?"
    r"|größen\w+|neu aufgetreten\w*|(?:formerly|previously|before|prior|zuvor|vormals|vorher)"
    r" (?:was )?\d[\d.,]*)\b"
)
_BACK = re.compile(
    r"\b(?:recur\w*|relaps\w*|regrow\w*|grown back|residual|remnant|rezidiv\w*|resttumor\w*"
    r"|tumorrest\w*|nachgewachsen)\b"
)
_LARGEST = re.compile(r"\b(?:largest|biggest|größte[rnsm]?|grösste[rnsm]?)\b")
SIDE_ASKED = re.compile(
    r"\b(?:sides?|left|right|half|ears?|hemisphere|ohr|seite|links|rechts|hälfte)\b"
)
_WELL = re.compile(r"\b(?:normal\w*|unremarkable|unauffällig\w*|regelrecht\w*)\b")
"""What only says that a part is well is not what "it" stands for."""
_GOES_ON = re.compile(
    r"^\W*(?:it|its|they|these|this|the (?:largest|biggest|lesion|mass)|largest|measur\w+|size"
    r"|diameter|es|sie|er|diese\w*|der größte|die größte|größe|durchmesser|größter|größte)\b"
)
IN_GENERAL = re.compile(
    r"\b(?:usually|normally|typical\w*|on average|in general|other people|most people"
    r"|normalerweise|meistens|üblich\w*|im allgemeinen|durchschnitt\w*)\b"
    r"|\b(?:does|do|can|will|would|could) an? |\bhow (?:fast|quickly|long (?:will|does|do|until))"
)
_NO_ASPECT = re.compile(
    r"^\W*(?:(?:and|but|und|aber) )?(?:when|why|who|whose|wann|warum|wer|wieso)\b"
    r"|\b(?:will|going to|wird|werden)\b"
    r"|\b(?:clinics?|practice|hospital|appointment|klinik|praxis|krankenhaus|termin)\b"
)
"""Questions for a time, a reason or a person, for what is to come, or for the house itself."""
_COUNTS_IT = re.compile(
    r"\bhow many(?: (?:new|more|small|little|big) ones)?(?: (?:are|were|is|of|ones"
    r"|did (?:they|you|the)|do i have|have i|there|new|in|on)\b|\W*$)"
    r"|\bwie viele?(?: (?:sind|davon|waren|wurden|gibt|hat|habe ich|neue?)\b|\W*$)"
)
_SPOTS = frozenset({"white-matter", "ms-lesions", "microbleeds", "metastasis"})
"""Conditions of which patients speak as of spots or lesions."""
_AFTER = frozenset(
    asked_terms("operation surgery operated treatment removed radiation tumour", "en")
    + asked_terms("operation bestrahlung behandlung operiert entfernt wieder", "de")
)
_ENOUGH = 0.5
"""Share of a question's other words that a sentence, or the one it goes on from, must hold."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence, the conditions it is about, and the words of it and what it goes on from."""

    citation: Citation
    text: str
    conditions: frozenset[str]
    context: str
    goes_on: bool


def telling(
    question: Question, wanted: Set[Aspect], report: Report, language: str
) -> list[Citation]:
    """The one sentence that tells what is asked of the thing; nothing where two might."""
    if IN_GENERAL.search(question.text) or _NO_ASPECT.search(question.text):
        return []
    if Aspect.COUNT in wanted and not (question.subjects or _COUNTS_IT.search(question.text)):
        return []
    lines = [one for one in _lines(report) if _tells(one, question, wanted)]
    lines = [one for one in lines if _is_meant(one, question, wanted, language)]
    if _THICK.search(question.text):
        lines = [one for one in lines if _THICK.search(one.text)]
    if question.largest:
        lines = [one for one in lines if _LARGEST.search(one.text)] or [
            one for one in lines if len(_LENGTH.findall(one.text)) > 1
        ]
    if not question.subjects and not question.rest and not _of_one_thing(lines, wanted):
        return []
    exact = Aspect.COUNT in wanted
    lines.sort(  # stable: the impression's first
        key=lambda one: (
            exact and not _EXACT.search(one.text),
            exact and bool(_SOME_OF.search(one.text)) != bool(_SOME_OF.search(question.text)),
            -_shared(one, question, language),
        )
    )
    return [one.citation for one in lines[:1]]


def _lines(report: Report) -> Iterator[_Line]:
    kind = only_kind(report)
    for title in (*IMPRESSION, *FINDINGS, *addenda(report), *COMPARISON):
        before = _Line(Citation("", ""), "", frozenset(), "", goes_on=False)
        for sentence in sentences(report.section(title)):
            text, held = plain(sentence), _affirmed(sentence)
            goes_on = bool(_GOES_ON.search(text)) and held <= NAMELESS
            context = f"{before.context} {text}" if goes_on else text
            conditions = held | before.conditions if goes_on else held
            if conditions and conditions <= NAMELESS:
                conditions |= kind  # "a mass" is what the impression calls it
            before = _Line(
                Citation(f"report:{title}", sentence), text, conditions, context, goes_on
            )
            yield before


def only_kind(report: Report) -> frozenset[str]:
    """The one kind of growth the impression calls a mass or lesion of the findings, if one."""
    held = (_affirmed(one) for title in IMPRESSION for one in sentences(report.section(title)))
    kinds = frozenset[str]().union(*held) & GROWTHS
    return kinds if len(kinds) == 1 else frozenset()


def _affirmed(sentence: str) -> frozenset[str]:
    """The conditions a sentence names without denying them."""
    denied = {one.condition for one in read(sentence).stated if one.stance is Stance.DENIED}
    return frozenset(named(sentence) - denied - {"normal"})


def _tells(line: _Line, question: Question, wanted: Set[Aspect]) -> bool:
    """Whether a sentence holds every kind of thing that is asked."""
    return all(any(one.search(line.text) for one in telling_patterns(a, question)) for a in wanted)


def telling_patterns(aspect: Aspect, question: Question) -> tuple[re.Pattern[str], ...]:
    """What a sentence holds one of if it tells such an aspect."""
    if aspect is Aspect.SIZE:
        return (_LENGTH, _WIDTH) if question.subjects else (_LENGTH,)
    if aspect is Aspect.PLACE:
        return (SIDE,) if SIDE_ASKED.search(question.text) else (PLACE, SIDE)
    return {Aspect.COUNT: (COUNTED,), Aspect.COURSE: (_CHANGED,), Aspect.RETURN: (_BACK,)}[aspect]


def _is_meant(line: _Line, question: Question, wanted: Set[Aspect], language: str) -> bool:
    """Whether a sentence is about what the question names, or can be what "it" is."""
    rest = question.rest
    if Aspect.RETURN in wanted:
        rest = rest - _AFTER
        if question.subjects <= GROWTHS | NAMELESS:
            return _holds(line, rest, language)
    subjects = question.subjects - {"normal"}
    if subjects and not any(_about(s, one) for s in subjects for one in line.conditions):
        return False
    if not subjects and not rest:
        there = {condition_of(match) for match in CONDITION.finditer(line.context)}
        return bool(line.conditions & there) and not _WELL.search(line.text)
    return _holds(line, rest, language)


def _about(subject: str, condition: str) -> bool:
    return about(subject, condition) or (subject == "lesion" and condition in _SPOTS)


def _holds(line: _Line, rest: Set[str], language: str) -> bool:
    """Whether a sentence has enough of a question's words besides the thing it asks for."""
    if not rest:
        return True
    return len(rest & set(terms(line.context, language))) >= _ENOUGH * len(rest)


def _of_one_thing(lines: list[_Line], wanted: Set[Aspect]) -> bool:
    """Whether "it" can only be one thing."""
    if wanted <= {Aspect.RETURN, Aspect.COUNT}:
        return True
    things: list[frozenset[str]] = []
    for one in lines:
        special = one.conditions - NAMELESS or one.conditions
        if not any(_same(special, other) for other in things):
            things.append(special)
    return len(things) <= 1


def _same(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two sentences can speak of one thing: they share it, or one says what kind it is."""
    if some & others:
        return True
    return any(_about(a, b) or _about(b, a) for a in some for b in others)


def _shared(line: _Line, question: Question, language: str) -> int:
    """How many of the question's own words a sentence has; the exact thing goes first."""
    own = set(asked_terms(question.text, language)) & set(terms(line.text, language))
    return len(own) + 2 * bool(question.subjects & line.conditions)
