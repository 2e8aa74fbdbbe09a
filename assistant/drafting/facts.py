"""The facts of a signed report: all that an explanation may rest on.

Facts come from the decided findings and from the doctor's own impression, in English or German.
Where the two contradict each other nothing is paraphrased; the explanation then only quotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.drafting.affirming import ANOTHER, affirms_anything, tells_of_disease
from assistant.drafting.checking.consistency import affirms_lesion, contradictions, denies_lesion
from assistant.drafting.disagreeing import disagreements
from assistant.drafting.measuring import is_confirmed, location, size_mm, spoken_mm
from assistant.drafting.reading.details import Course, Details, details
from assistant.drafting.reading.stances import HOLDS, Reading, Stance, overlapping, read
from assistant.drafting.reading.vocabulary import GROWTHS, NAMELESS
from assistant.drafting.recommendation import Recommendation, recommendations_in
from assistant.guarding.lexicon import sentences
from assistant.knowledge.language import language_of
from assistant.records import Citation, Report
from inference.records import Finding, FindingStatus

FINDINGS = ("Findings", "Befund")
IMPRESSION = ("Impression", "Beurteilung")
COMPARISON = ("Comparison", "Vergleich")


@dataclass(frozen=True, slots=True)
class Lesion:
    """One decided finding in plain facts; texts are empty where nothing is known."""

    where: str
    side: str
    size: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Told:
    """One condition the impression states, with what its clause says of it."""

    condition: str
    stance: Stance
    details: Details
    citation: Citation


@dataclass(frozen=True, slots=True)
class Since:
    """What became of a finding since a scan whose date the comparison gives (ISO)."""

    course: Course | None
    date: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Facts:
    """What a signed report says, ready for the templates.

    ``held`` are the conditions the impression holds to; of ``kinds`` among them a lesion may be.
    ``denied`` are conditions the report denies without saying otherwise anywhere. ``open`` are the
    sentences that name something no template may put in other words, ``left`` those from which
    nothing was taken. ``affirmed`` says that anything abnormal is spoken of as there: then no
    lesion in general is among ``denied``, and the sentences that deny one are ``general``, to be
    quoted. ``contradictions`` are the reasons for which the text may only be quoted.
    """

    lesions: tuple[Lesion, ...]
    rejected: tuple[Lesion, ...]
    held: tuple[Told, ...]
    denied: tuple[Told, ...]
    open: tuple[Citation, ...]
    left: tuple[Citation, ...]
    normal: Citation | None
    rest_normal: Citation | None
    absence: Citation | None
    since: tuple[Since, ...]
    quotes: tuple[Citation, ...]
    recommendations: tuple[Recommendation, ...]
    contradictions: tuple[str, ...]
    language: str = "en"
    impression: tuple[Citation, ...] = field(default=())
    affirmed: bool = False
    general: tuple[Citation, ...] = field(default=())

    @property
    def kinds(self) -> tuple[Told, ...]:
        """The kinds of growth the impression holds to, each once."""
        return tuple({one.condition: one for one in self.held if one.condition in GROWTHS}.values())


def gather(report: Report) -> Facts:
    """The facts of a report; it must be signed (the caller checks)."""
    confirmed = [finding for finding in report.findings if is_confirmed(finding)]
    rejected = [one for one in report.findings if one.status is FindingStatus.REJECTED]
    impression = _cited(report, IMPRESSION)
    read_there = [(cited, read(cited.quote)) for cited in impression]
    described = [(cited, read(cited.quote)) for cited in _cited(report, FINDINGS)]
    held = _held(read_there)
    recommended = tuple(
        one for cited in impression for one in recommendations_in(cited.quote, cited.source)
    )
    left, opened = _not_told(read_there, recommended)
    absence = _absence(report)
    everything = (*read_there, *described)
    later = [
        (cited, read(cited.quote)) for cited in _cited(report, (*addenda(report), *COMPARISON))
    ]
    affirmed = bool(confirmed) or affirms_anything((*everything, *later))
    denied = _denied(everything, held)
    return Facts(
        lesions=tuple(_lesion(report, finding) for finding in confirmed),
        rejected=tuple(_lesion(report, finding) for finding in rejected),
        held=held,
        denied=tuple(one for one in denied if not (affirmed and one.condition in NAMELESS)),
        open=opened,
        left=tuple(cited for cited in left if cited != absence),
        normal=None
        if tells_of_disease(described) or affirms_anything((*read_there, *later))
        else _normal(read_there),
        rest_normal=next((cited for cited, found in read_there if found.rest_normal), None),
        absence=None if affirmed else absence,
        since=_since(report),
        quotes=(*impression, *_cited(report, addenda(report))),
        recommendations=recommended,
        contradictions=_contradictions(report, confirmed, rejected, everything),
        language=language_of(" ".join(one.quote for one in impression)),
        impression=impression,
        affirmed=affirmed,
        general=_general(denied) if affirmed else (),
    )


def addenda(report: Report) -> tuple[str, ...]:
    """Titles of what was added after the first signature, oldest first."""
    return tuple(part.title for part in report.sections if part.title.startswith("Addendum"))


def _cited(report: Report, titles: Sequence[str]) -> tuple[Citation, ...]:
    """Every sentence of the sections of those titles, as citations."""
    return tuple(
        Citation(f"report:{title}", sentence)
        for title in titles
        for sentence in sentences(report.section(title))
    )


def _held(read_there: Sequence[tuple[Citation, Reading]]) -> tuple[Told, ...]:
    """The conditions held to; one that two sentences state in two ways is left out."""
    found: dict[str, Told] = {}
    unlike: set[str] = set()
    for cited, reading in read_there:
        for one in reading.stated:
            if one.stance not in HOLDS or one.condition == "normal":
                continue
            told = Told(one.condition, one.stance, details(one), cited)
            known = found.setdefault(one.condition, told)
            if (known.stance, known.details) != (told.stance, told.details):
                unlike.add(one.condition)
    named = {name for name in found if name not in unlike}
    if named & GROWTHS:
        named -= NAMELESS
    return tuple(told for name, told in found.items() if name in named)


def _denied(
    everything: Sequence[tuple[Citation, Reading]], held: Sequence[Told]
) -> tuple[Told, ...]:
    """The conditions denied, each once, but none that is stated otherwise anywhere."""
    otherwise = {
        one.condition
        for _, reading in everything
        for one in reading.stated
        if one.stance is not Stance.DENIED
    } | {one.condition for one in held}
    found: dict[str, Told] = {}
    for cited, reading in everything:
        for one in reading.stated:
            spoken = one.stance is Stance.DENIED and one.condition != "normal"
            if spoken and not any(overlapping(one.condition, other) for other in otherwise):
                told = Told(one.condition, Stance.DENIED, Details(), cited)
                found.setdefault(one.condition, told)
    return tuple(found.values())


def _general(denied: Sequence[Told]) -> tuple[Citation, ...]:
    """The sentences that deny a lesion in general."""
    return tuple(dict.fromkeys(one.citation for one in denied if one.condition in NAMELESS))


def _not_told(
    read_there: Sequence[tuple[Citation, Reading]], recommended: Sequence[Recommendation]
) -> tuple[tuple[Citation, ...], tuple[Citation, ...]]:
    """Sentences of which nothing is told, and those that leave something open."""
    asked = {one.sentence for one in recommended}
    told = {one.condition for one in _held(read_there)} | {"normal"} | NAMELESS
    left, opened = [], []
    for cited, reading in read_there:
        stances = {one.stance for one in reading.stated}
        if reading.beyond or Stance.OPEN in stances:
            opened.append(cited)
            continue
        held = {one.condition for one in reading.stated if one.stance in HOLDS}
        silent = stances <= {Stance.LIMITED} and not reading.rest_normal
        if (silent and cited.quote not in asked) or held - told:
            left.append(cited)
    return tuple(left), tuple(opened)


def _normal(read_there: Sequence[tuple[Citation, Reading]]) -> Citation | None:
    """The sentence that calls the whole scan normal, if nothing else is held to or left open."""
    stated = [(cited, one) for cited, reading in read_there for one in reading.stated]
    if any(reading.beyond for _, reading in read_there):
        return None
    if any(one.stance is not Stance.DENIED and one.condition != "normal" for _, one in stated):
        return None
    return next(
        (
            cited
            for cited, one in stated
            if one.condition == "normal" and one.stance in {Stance.SURE, Stance.KNOWN}
        ),
        None,
    )


def _lesion(report: Report, finding: Finding) -> Lesion:
    length = size_mm(finding)
    size = spoken_mm(length) if length is not None else ""
    where = location(finding)
    return Lesion(where, finding.side, size, _where_written(report, finding, size))


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


def _absence(report: Report) -> Citation | None:
    """The sentence by which the report says that no lesion is there."""
    for cited in _cited(report, (*IMPRESSION, *FINDINGS)):
        denied = any(
            one.condition in NAMELESS and one.stance is Stance.DENIED
            for one in read(cited.quote).stated
        )
        if denies_lesion(cited.quote) or denied:
            return cited
    return None


_SINCE = re.compile(
    r": (?:(?P<course>larger|smaller|new|unchanged within the error of measurement)\b.*?|"
    r"(?P<unseen>))the study of (?P<date>\d{4}-\d{2}-\d{2})\b(?P<rest>.*)$"
)
_COURSES = {
    "larger": Course.LARGER,
    "smaller": Course.SMALLER,
    "new": Course.NEW,
    "unchanged within the error of measurement": Course.SAME,
}


def _since(report: Report) -> tuple[Since, ...]:
    """What the comparison's measured lines say; a line the reader has changed says nothing."""
    found = []
    for cited in _cited(report, COMPARISON):
        match = _SINCE.search(cited.quote)
        if match is None:
            continue
        if match["course"]:
            found.append(Since(_COURSES[match["course"]], match["date"], cited))
        elif "does not show this place" in match["rest"]:
            found.append(Since(None, match["date"], cited))
    return tuple(found)


def _contradictions(
    report: Report,
    confirmed: list[Finding],
    rejected: list[Finding],
    everything: Sequence[tuple[Citation, Reading]],
) -> tuple[str, ...]:
    """Why the text must not be paraphrased: it speaks against the decided findings or itself."""
    reasons = [
        reason
        for title in (*FINDINGS, *IMPRESSION, *addenda(report))
        for sentence in sentences(report.section(title))
        for reason in contradictions(sentence, confirmed)
        if confirmed or rejected
    ]
    impression = sentences(report.section("Impression"))
    if any(map(affirms_lesion, impression)) and rejected and not confirmed:
        reasons.append("The impression speaks of a lesion that is not among the findings.")
    if not confirmed and _denied_and_held(everything):
        reasons.append("The text denies every lesion and names one.")
    reasons += disagreements(everything, confirmed, rejected)
    return tuple(dict.fromkeys(reasons))


_GENERAL = re.compile(
    r"\b(?:lesions?|mass(?:es)?|tumou?rs?|neoplasms?|abnormal\w*|normal|unremarkable)\b",
    re.IGNORECASE,
)


def _denied_and_held(everything: Sequence[tuple[Citation, Reading]]) -> bool:
    """Whether one sentence says that no lesion is there, and another holds to one."""
    denied = any(
        denies_lesion(cited.quote)
        and _GENERAL.search(cited.quote)
        and not ANOTHER.search(cited.quote)
        for cited, _ in everything
    )
    return denied and any(
        one.stance in HOLDS and one.condition in GROWTHS | NAMELESS
        for _, reading in everything
        for one in reading.stated
    )
