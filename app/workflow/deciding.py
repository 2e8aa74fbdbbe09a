"""What a decision changes of a finding, and what taking it back leaves alone: pure.

A decision is status, words, note and reason. Size, side and outline are measured and follow the
strokes, so taking a decision back does not touch them.
"""

from __future__ import annotations

from dataclasses import replace

from inference.measure.outlined import beside, said_of
from inference.records import Finding, FindingStatus, RejectReason


def decided(finding: Finding, status: FindingStatus, reason: RejectReason) -> Finding:
    """Return a finding under that decision; a reason is kept with a rejection only."""
    kept = reason if status is FindingStatus.REJECTED else RejectReason.NONE
    return replace(finding, status=status, reject_reason=kept)


def reworded(finding: Finding, label: str, place: str, note: str) -> Finding:
    """Return a finding in the reader's words, with the model's kept beside them."""
    original = None if finding.by_reader else finding.model or said_of(finding)
    words = replace(finding, label=label, place=place, note=note, model=original)
    return beside(replace(words, status=FindingStatus.EDITED, reject_reason=RejectReason.NONE))


def put_back(now: Finding, before: Finding) -> Finding:
    """Return the decision a finding had before, over what is measured of it now."""
    same_outline = now.outlined == before.outlined
    back = replace(
        now,
        status=before.status,
        label=before.label,
        place=before.place if same_outline else now.place,
        note=before.note,
        reject_reason=before.reject_reason,
        model=before.model if same_outline else now.model,
    )
    return beside(back)


def same_decision(one: Finding, other: Finding) -> bool:
    """Whether two states of a finding differ at most in what is measured."""
    return _decision(one) == _decision(other)


def _decision(finding: Finding) -> tuple[object, ...]:
    return finding.status, finding.label, finding.note, finding.reject_reason
