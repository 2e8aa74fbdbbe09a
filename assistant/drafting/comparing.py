"""Sentences for the comparison with an earlier study, from what was measured in both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.drafting.composing import Line, Taken
from assistant.drafting.measuring import VOLUME, location, spoken_ml, volume_ml
from inference.records import Change, ChangeKind, Finding, PriorComparison

SAME_SHARE = 0.02
"""How far a finding's volume may lie from the compared one, as a share, to be the same outline."""


def comparison_lines(
    comparisons: Sequence[PriorComparison], confirmed: Sequence[Finding]
) -> list[Line]:
    """What became of the confirmed findings, one line each, then what is no longer marked.

    A finding whose outline is not the one that was compared (the reader has painted since) gets
    no line: its numbers would be of another outline.
    """
    by_id = {finding.id: finding for finding in confirmed}
    lines: list[Line] = []
    for one in comparisons:
        lines += _of_findings(one, by_id)
        lines += [
            Line(f"gone.{one.series_uid}.{number}", (_gone(change, one),))
            for number, change in enumerate(one.gone)
            if change.kind is ChangeKind.GONE
        ]
    return lines


def _of_findings(comparison: PriorComparison, by_id: Mapping[str, Finding]) -> Iterator[Line]:
    for one in comparison.changed:
        finding = by_id.get(one.finding_id)
        if finding is not None and _same_outline(finding, one.change):
            yield Line(f"change.{finding.id}", _told(finding, one.change, comparison))


def _same_outline(finding: Finding, change: Change) -> bool:
    """Whether the compared outline is the finding's, and the finding's alone."""
    volume = volume_ml(finding)
    if volume is None or len(change.values) != 1:
        return False
    return abs(volume - change.now_ml) <= SAME_SHARE * max(volume, change.now_ml)


def _told(finding: Finding, change: Change, comparison: PriorComparison) -> tuple[str | Taken, ...]:
    """One finding now and then; the volume now is the finding's own number."""
    now = volume_ml(finding) or 0.0
    taken = Taken(spoken_ml(now), finding.id, VOLUME, now, "mL")
    name = finding.label.partition(",")[0].strip() or "Lesion"
    name = f"{name}, {location(finding)}" if location(finding) else name
    when = _when(comparison)
    then = spoken_ml(change.then_ml)
    if change.kind is ChangeKind.UNSEEN:
        return (f"{name}: {when} does not show this place.",)
    if change.kind is ChangeKind.NEW:
        return (f"{name}: new, ", taken, f"; nothing was marked here on {when}.")
    if change.kind is ChangeKind.UNCHANGED:
        return (
            f"{name}: unchanged within the error of measurement, ",
            taken,
            f" and {then} on {when}.",
        )
    return (
        f"{name}: {change.kind.value}, ",
        taken,
        f" and {then} on {when} ({change.percent:+.0f} %).",
    )


def _gone(change: Change, comparison: PriorComparison) -> str:
    return (
        f"A lesion of {spoken_ml(change.then_ml)} that was marked on {_when(comparison)} "
        "is not marked now."
    )


def _when(comparison: PriorComparison) -> str:
    """The earlier study as a sentence names it."""
    day = comparison.prior_date
    return f"the study of {day.isoformat()}" if day is not None else "the earlier study"
