"""Whether the reader's text agrees with the reader's own decisions, and with itself.

The checks warn: the reader may know better than the measurement. They look at the Findings and the
Impression, sentence by sentence, and are pure. The reader corrects a sentence, or confirms it with
a reason, and only then signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.drafting.checking.against import (
    affirms,
    contradictions_of,
    denies,
)
from assistant.drafting.checking.known import Known, known, told
from assistant.drafting.checking.phrases import Stance, Statement, statements
from assistant.drafting.checking.sections import turned_round
from assistant.drafting.checking.vocabulary import LESION, RELATION
from assistant.drafting.measuring import location
from assistant.guarding.lexicon import sentence_spans
from assistant.records import Doubt, DoubtKind, Report
from inference.records import Finding, FindingStatus

FINDINGS, IMPRESSION = "Findings", "Impression"
_Read = tuple[tuple[int, int, str], tuple[Statement, ...]]
"""A sentence with its place in the section, and what it says."""


def check_consistency(report: Report) -> tuple[Doubt, ...]:
    """What in the texts does not fit the decided findings or each other; empty if nothing."""
    accepted = known(report.findings)
    doubts: list[Doubt] = []
    if any(finding.status is FindingStatus.SUGGESTED for finding in report.findings):
        doubts.append(
            Doubt(DoubtKind.UNDECIDED, "A suggestion of the computer has not been decided yet.")
        )
    read = {title: _read(report.section(title)) for title in (FINDINGS, IMPRESSION)}
    before = [one for _, said in read[FINDINGS] for one in said]
    for title, sentences in read.items():
        if sentences:
            doubts += _of_section(title, sentences, accepted, before)
            doubts += _unmentioned(title, sentences, accepted)
        else:
            message = f"{title}: this section is empty."
            doubts.append(Doubt(DoubtKind.EMPTY, message, title))
    return tuple(dict.fromkeys(doubts))


def contradictions(sentence: str, confirmed: Sequence[Finding]) -> list[str]:
    """What one sentence says against the confirmed findings, in plain words."""
    told_of = contradictions_of(statements(sentence), sentence, known(confirmed))
    return list(dict.fromkeys(message for _, message in told_of))


def denies_lesion(sentence: str) -> bool:
    """Whether a sentence says that there is no lesion, or that all is normal."""
    return denies(statements(sentence), sentence)


def affirms_lesion(sentence: str) -> bool:
    """Whether a sentence says that there is a lesion."""
    return affirms(statements(sentence))


def _read(text: str) -> tuple[_Read, ...]:
    spans = sentence_spans(text)
    return tuple(
        ((start, end, text[start:end]), statements(text[start:end])) for start, end in spans
    )


def _of_section(
    title: str, sentences: Sequence[_Read], accepted: Sequence[Known], before: Sequence[Statement]
) -> Iterator[Doubt]:
    """The doubts about each sentence; ``before`` is what the Findings section says."""
    subject = LESION
    for (start, end, sentence), said in sentences:
        found = [*contradictions_of(said, sentence, accepted, subject=subject)]
        if title == IMPRESSION and not found:
            found = [(DoubtKind.IMPRESSION, one) for one in turned_round(said, sentence, before)]
        about = told(accepted) or "No finding is accepted."
        for kind, message in dict.fromkeys(found):
            says = "" if kind is DoubtKind.IMPRESSION else about
            yield Doubt(kind, f"{title}: {message}", title, sentence, start, end, says)
        named = [one.topic for one in said if one.topic and one.topic != RELATION]
        subject = named[0] if named else subject


def _unmentioned(
    title: str, sentences: Sequence[_Read], accepted: Sequence[Known]
) -> Iterator[Doubt]:
    """Accepted findings of which a section says neither that they are there, nor where."""
    parts = [one for _, said in sentences for one in said if one.stance is not Stance.DENIED]
    alone = title == IMPRESSION or len(accepted) == 1
    for one in accepted:
        if not any(_mentions(part, one, alone=alone) for part in parts):
            name = location(one.finding) or one.finding.label
            message = f"{title}: the accepted finding ({name}) is not mentioned."
            yield Doubt(DoubtKind.UNMENTIONED, message, title, says=one.told)


def _mentions(said: Statement, one: Known, *, alone: bool) -> bool:
    """Whether a statement can be about a finding.

    A lesion without a place stands for the only one, and in an impression for all of them.
    """
    if any(
        abs(number.value - length) <= 0.5 * number.step + 0.51
        for number in said.quantities
        for length in one.lengths
        if not number.is_volume
    ):
        return True
    placed = bool(said.places & one.places) if said.places and one.places else False
    sided = bool(said.sides) and one.side in said.sides
    if said.topic != LESION:
        return placed and (sided or not one.side) and said.topic in {"", "enhancement"}
    if said.places and one.places:
        return placed
    return sided or alone
