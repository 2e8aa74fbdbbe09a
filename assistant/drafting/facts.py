"""The facts of a signed report: all that an explanation may rest on.

Facts come from the decided findings and from the doctor's own impression. Where the two
contradict each other nothing is paraphrased; the explanation then only quotes.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.drafting.checking.consistency import affirms_lesion, contradictions, denies_lesion
from assistant.drafting.measuring import is_confirmed, location, size_mm, spoken_mm
from assistant.drafting.recommendation import Recommendation, recommendation_in
from assistant.guarding.lexicon import (
    HEDGES,
    KINDS,
    concepts,
    is_negation,
    sentences,
    word_set,
    words,
)
from assistant.records import Citation, Report
from inference.records import Finding, FindingStatus

OTHER_DIAGNOSES = word_set(
    "metastasis lymphoma infection infarct stroke bleeding sclerosis inflammation cavernoma cyst "
    "aneurysm hydrocephalus cancer dementia"
)
"""Concepts for which no reviewed template exists: the doctor's own words are quoted."""


@dataclass(frozen=True, slots=True)
class Lesion:
    """One decided finding in plain facts; texts are empty where nothing is known."""

    where: str
    size: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Facts:
    """What a signed report says, ready for the templates.

    ``kinds`` are the kinds the impression affirms; ``suspected`` says whether it hedges them.
    ``other`` says that it names something the templates do not know. ``contradictions`` are
    the reasons for which the text may only be quoted.
    """

    lesions: tuple[Lesion, ...]
    rejected: tuple[Lesion, ...]
    kinds: tuple[str, ...]
    suspected: bool
    other: bool
    kind_citation: Citation | None
    absence_citation: Citation | None
    quotes: tuple[Citation, ...]
    recommendation: Recommendation | None
    contradictions: tuple[str, ...]


def gather(report: Report) -> Facts:
    """The facts of a report; it must be signed (the caller checks)."""
    confirmed = [finding for finding in report.findings if is_confirmed(finding)]
    rejected = [one for one in report.findings if one.status is FindingStatus.REJECTED]
    impression = sentences(report.section("Impression"))
    kinds, suspected, kind_citation = _kinds(impression)
    return Facts(
        lesions=tuple(_lesion(report, finding) for finding in confirmed),
        rejected=tuple(_lesion(report, finding) for finding in rejected),
        kinds=kinds,
        suspected=suspected,
        other=any(concepts(one) & OTHER_DIAGNOSES and not _denied(one) for one in impression),
        kind_citation=kind_citation,
        absence_citation=_absence(report),
        quotes=tuple(
            Citation(f"report:{title}", sentence)
            for title in ("Impression", *addenda(report))
            for sentence in sentences(report.section(title))
        ),
        recommendation=recommendation_in(report.section("Impression")),
        contradictions=_contradictions(report, confirmed),
    )


def addenda(report: Report) -> tuple[str, ...]:
    """Titles of what was added after the first signature, oldest first."""
    return tuple(part.title for part in report.sections if part.title.startswith("Addendum"))


def _lesion(report: Report, finding: Finding) -> Lesion:
    length = size_mm(finding)
    size = spoken_mm(length) if length is not None else ""
    return Lesion(location(finding), size, _where_written(report, finding, size))


def _where_written(report: Report, finding: Finding, size: str) -> Citation:
    """The report's own sentence about a finding, else the reader's decision itself."""
    place = location(finding)
    titles = ("Technique",) if finding.status is FindingStatus.REJECTED else ("Findings",)
    for title in titles:
        for sentence in sentences(report.section(title)):
            if place and place in sentence and (not size or size in sentence):
                return Citation(f"report:{title}", sentence)
    decision = ", ".join(filter(None, (finding.label, place, size)))
    return Citation("report:decisions", f"{decision}: {finding.status.value} by the reader.")


def _kinds(impression: tuple[str, ...]) -> tuple[tuple[str, ...], bool, Citation | None]:
    """The kinds the impression affirms, whether with a hedge, and the sentence that does."""
    found: dict[str, bool] = {}
    first: Citation | None = None
    for sentence in impression:
        spoken = words(sentence)
        named = [kind for kind, forms in KINDS.items() if set(forms.split()) & set(spoken)]
        if not named or _denied(sentence) or recommendation_in(sentence):
            continue
        if named == ["pituitary"] and not concepts(sentence) & {"adenoma", "tumour"}:
            continue
        hedged = any(word in HEDGES for word in spoken)
        found.update(dict.fromkeys(named, hedged))
        first = first or Citation("report:Impression", sentence)
    return tuple(found), any(found.values()), first


def _denied(sentence: str) -> bool:
    return any(is_negation(word) for word in words(sentence))


def _absence(report: Report) -> Citation | None:
    """The sentence by which the report says that no lesion is there."""
    for title in ("Impression", "Findings"):
        for sentence in sentences(report.section(title)):
            if denies_lesion(sentence):
                return Citation(f"report:{title}", sentence)
    return None


def _contradictions(report: Report, confirmed: list[Finding]) -> tuple[str, ...]:
    """Why the text must not be paraphrased: it speaks against the decided findings."""
    reasons = [
        reason
        for title in ("Findings", "Impression", *addenda(report))
        for sentence in sentences(report.section(title))
        for reason in contradictions(sentence, confirmed)
    ]
    impression = sentences(report.section("Impression"))
    if any(map(affirms_lesion, impression)) and not confirmed:
        reasons.append("The impression speaks of a lesion that is not among the findings.")
    return tuple(dict.fromkeys(reasons))
