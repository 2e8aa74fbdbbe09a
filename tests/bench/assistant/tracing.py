"""Does every sentence on the screen trace to the report or to a passage it cites?

This is no second gate: it knows neither the templates nor the gate's lists, and reads sentences
and sources by patterns of its own. What it can not read it does not judge, and says so nowhere:
the red tests of this folder hold what it must catch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import resources.knowledge
from assistant.records import Citation, Report, Sentence
from inference.records import Finding, FindingStatus
from tests.bench.assistant import claims
from tests.bench.assistant import tracing_words as known
from tests.bench.assistant.claims import Claim, claim

KINDS = ("number", "side", "finding", "negation", "certainty", "place", "specialty")
"""Kinds of violation, with those below; the first five are those of the goal."""
_EMERGENCY = re.compile(r"\b112\b")
"""The number of the place, which stands below answers and is no figure of a report."""
QUOTED = re.compile(r"[\"“„](.+?)[\"”“]", re.DOTALL)


@dataclass(frozen=True)
class Violation:
    """One thing said on the screen that no source bears out."""

    kind: str
    report: str
    sentence: str
    detail: str


@dataclass(frozen=True)
class Sources:
    """What a sentence may rest on: the report's sentences and decisions, and its passages."""

    report: tuple[Claim, ...]
    passages: tuple[Claim, ...]
    accepted: bool
    rejected: bool
    cites_report: bool
    text: str

    @property
    def every(self) -> tuple[Claim, ...]:
        return (*self.report, *self.passages)


def sources(report: Report, citations: Sequence[Citation]) -> Sources:
    """The report as claims, its decided findings as sentences of their own."""
    said = [one for part in report.sections for one in claims.sentences(part.text)]
    said += [_decided(one) for one in report.findings]
    cited = [one for one in citations if one.source.startswith("knowledge:")]
    quotes = [one.quote for one in cited] + [_titles().get(one.source, "") for one in cited]
    passages = [part for quote in quotes for part in claims.sentences(quote)]
    statuses = {one.status for one in report.findings}
    return Sources(
        tuple(map(claim, said)),
        tuple(map(claim, passages)),
        bool(statuses & {FindingStatus.ACCEPTED, FindingStatus.EDITED}),
        FindingStatus.REJECTED in statuses,
        any(one.source.startswith("report:") for one in citations),
        plain(" ".join([*(part.text for part in report.sections), *quotes, *_words(report)])),
    )


def _decided(one: Finding) -> str:
    """A decided finding as a sentence; a rejected one is called an artefact, so it is not there."""
    size = ", ".join(f"{m.value:g} {m.unit}" for m in one.measurements if m.unit == "mm")
    kind = max(one.kinds, key=lambda pair: pair[1])[0] if one.kinds else ""
    word = "pituitary" if kind == "pituitary" else ""
    real = "There is a lesion" if one.status is not FindingStatus.REJECTED else "Artefact lesion"
    return f"{real}, {one.side} {one.place} {word} {size}".strip()


def _words(report: Report) -> list[str]:
    """The words of the decided findings, which may be quoted."""
    places = [(one.side, one.place) for one in report.findings]
    return [f"{a}, {b}. {b}, {a}." for a, b in places]


def check(told: Sequence[Sentence], report: Report) -> list[Violation]:
    """Everything wrong with the sentences of one explanation or answer."""
    every = [citation for one in told for citation in one.citations]
    wrong = [
        Violation(kind, report.id, one.text, detail)
        for one in told
        for kind, detail in _wrong(one, sources(report, one.citations))
    ]
    wrong += [
        Violation("citation", report.id, cited.quote, cited.source)
        for cited in every
        if not _stands(cited, report)
    ]
    return list(dict.fromkeys(wrong))


def _wrong(one: Sentence, rests_on: Sources) -> list[tuple[str, str]]:
    """What is wrong with one sentence; words in quotes must stand in a source as they are."""
    made = [
        ("quote", quoted)
        for quoted in QUOTED.findall(one.text)
        if len(quoted.split()) > 2 and plain(quoted) not in rests_on.text
    ]
    rest = _EMERGENCY.sub("the emergency number", QUOTED.sub('""', one.text))
    for sentence in claims.sentences(rest):
        if plain(sentence) not in rests_on.text:
            made += _untraced(claim(sentence), rests_on)
    said = claim(rest)
    if not one.citations and (said.findings or said.numbers or said.sides):
        made.append(("uncited", "a claim without a citation"))
    return made


def _untraced(said: Claim, rests_on: Sources) -> list[tuple[str, str]]:
    made = [
        ("number", f"{n:g} {unit}") for n, unit in said.numbers if not _counts(n, unit, rests_on)
    ]
    made += [("side", side) for side in said.sides if not _on_side(side, said, rests_on)]
    for name, ways in said.findings.items():
        if not (said.rejected and rests_on.rejected and name in known.GENERAL):
            made += [(kind, name) for kind in _of_finding(name, ways, said, rests_on)]
    for kind in ("places", "specialties", "judgements"):
        held = frozenset[str]().union(*(getattr(one, kind) for one in rests_on.every))
        named = {"places": "place", "specialties": "specialty", "judgements": "judgement"}[kind]
        made += [(named, one) for one in getattr(said, kind) - held]
    if said.confirmed and not rests_on.accepted and not rests_on.rejected:
        made.append(("confirmation", "nothing was decided"))
    if said.rejected and not rests_on.rejected:
        made.append(("confirmation", "nothing was rejected"))
    return made


def _counts(value: float, unit: str, rests_on: Sources) -> bool:
    """Whether a number is in the sources; a whole one may be a rounded one's."""
    for one in rests_on.every:
        for other, of in one.numbers:
            rounded = unit in {"mm", "ml"} and value == round(other)
            if of == unit and (abs(other - value) < 1e-6 or rounded):
                return True
    counted = len([one for one in rests_on.report if "there is a lesion," in one.text.lower()])
    return not unit and value == counted


def _on_side(side: str, said: Claim, rests_on: Sources) -> bool:
    """Whether a source speaks of that side and of something the sentence speaks of."""
    about = set(said.findings) | set(said.places)
    for one in rests_on.every:
        has = side in one.sides or (side == "both" and {"left", "right"} <= one.sides)
        shared = about & (set(one.findings) | set(one.places)) or _general(said, one)
        if has and (not about or shared):
            return True
    return False


def _general(said: Claim, source: Claim) -> bool:
    return any(
        known.GENERAL.get(name, frozenset()) & set(source.findings) for name in said.findings
    )


def _of_finding(
    name: str, ways: frozenset[tuple[bool, bool | None]], said: Claim, rests_on: Sources
) -> list[str]:
    """Whether a finding is in the sources, in the same sense and as certain."""
    named = {name} | known.GENERAL.get(name, frozenset())
    made = []
    for denied, hedged in ways:
        told = rests_on.report if denied and rests_on.cites_report else rests_on.every
        held = {way for one in told for other in named for way in one.findings.get(other, ())}
        same = {doubt for no, doubt in held if no == denied}
        if denied and name == "growth" and not said.places and rests_on.cites_report:
            made += [] if _all_well(rests_on) else ["negation"]
            continue
        if not held:
            made.append("finding")
        elif not same:
            made.append("negation")
        elif not denied and hedged is not None and same == {not hedged}:
            made.append("certainty")
    return made


def _all_well(rests_on: Sources) -> bool:
    """Whether a denial in general ("no lesion") stands over a report that affirms nothing of it.

    "No lesion" over an infarct is wrong too, so every finding of the report counts.
    """
    about = [one for one in rests_on.report if not claims.found(known.UNREAL, one.text.lower())]
    affirmed = {
        way for one in about for found in one.findings.values() for way in found if not way[0]
    }
    return not affirmed and not rests_on.accepted


def _stands(cited: Citation, report: Report) -> bool:
    """Whether a citation's words stand where it says they do."""
    kind, _, name = cited.source.partition(":")
    if kind == "knowledge":
        return plain(cited.quote) in _shipped()
    if name == "decisions":
        return bool(report.findings)
    return bool(cited.quote) and plain(cited.quote) in plain(report.section(name))


@cache
def _shipped() -> str:
    """Every text of the knowledge that ships, read as plain files."""
    folder = Path(resources.knowledge.__file__).parent
    return plain(
        " ".join(
            _texts([json.loads(one.read_text("utf-8")) for one in sorted(folder.rglob("*.json"))])
        )
    )


@cache
def _titles() -> dict[str, str]:
    """Titles of the passages that ship, by how they are cited."""
    folder = Path(resources.knowledge.__file__).parent
    read = [json.loads(one.read_text("utf-8")) for one in sorted(folder.rglob("*.json"))]
    found = [one for file in read for one in (file if isinstance(file, list) else [])]
    return {f"knowledge:{one['id']}": f"{one['title']}." for one in found if "title" in one}


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower().replace("’", "'")).strip().rstrip(".")
