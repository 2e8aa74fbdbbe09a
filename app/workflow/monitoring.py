"""How the models do here: agreement with readers, refusals, times and drift; never a name.

Reading this is no act on a patient's data: what is counted carries ids of releases and scanners.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.accounts.permissions import Permission
from app.records import ModelRelease, Scanner
from app.storage.monitoring import Duration, FindingCount, RunCount
from app.workflow.rates import Share
from app.workflow.reading_figures import Readings, readings
from app.workflow.session import Session
from inference.records import FindingStatus, RunOutcome

_DECIDED = (FindingStatus.ACCEPTED, FindingStatus.EDITED, FindingStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What readers made of the findings of a release, and what they found beside them."""

    accepted: int
    edited: int
    rejected: int
    waiting: int
    missed: int
    quiet_read: int
    quiet_added: int

    @property
    def decided(self) -> int:
        """Findings with a decision."""
        return self.accepted + self.edited + self.rejected

    @property
    def overridden(self) -> Share:
        """Edited or rejected, of all with a decision."""
        return Share(self.edited + self.rejected, self.decided)

    @property
    def missed_share(self) -> Share:
        """A reader's own findings, of all a reader holds to be there on analysed series."""
        return Share(self.missed, self.missed + self.accepted + self.edited)

    @property
    def added_where_quiet(self) -> Share:
        """Runs that suspected nothing and got a finding by the reader, of those that were read."""
        return Share(self.quiet_added, self.quiet_read)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one release; ``month`` is year * 100 + month in UTC."""

    month: int
    runs: int
    refused: Share
    overridden: Share


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """One release: its runs by outcome, agreement, months, and why it did not analyse.

    ``rejections`` counts the reasons readers gave ("" is none); ``corrected_dice`` are the overlaps
    of the outlines they corrected, smallest first.
    """

    release: ModelRelease
    runs: int
    outcomes: Mapping[str, int]
    agreement: Agreement
    months: tuple[Month, ...]
    reasons: tuple[tuple[str, int], ...]
    durations: tuple[Duration, ...]
    rejections: Mapping[str, int] = field(default_factory=dict)
    corrected_dice: tuple[float, ...] = ()

    @property
    def refused(self) -> Share:
        """Runs that ended without an analysis."""
        return Share(self.outcomes.get(RunOutcome.NOT_ANALYSED, 0), self.runs)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything but drift: every release, the newest first, the scanners, how studies are read."""

    releases: tuple[ReleaseReport, ...]
    scanners: tuple[Scanner, ...]
    readings: Readings


def overview(session: Session) -> Overview:
    """Return how every release has done here."""
    session.authorize(Permission.SEE_MONITORING)
    with session.begin() as work:
        shelf = work.monitoring
        releases, scanners = shelf.releases(), shelf.scanners()
        counted = _Counted(
            shelf.runs(),
            shelf.findings(),
            shelf.durations(),
            {one.id: shelf.reasons(one.id) for one in releases},
            shelf.added_where_quiet(),
            work.readings.rejected(),
            {one: found.dice for one, found in work.readings.outlined().items()},
        )
        read = readings(work.readings.read())
    reports = (_report(one, counted) for one in releases)
    return Overview(tuple(one for one in reports if one.runs), scanners, read)


def export(session: Session, write: Callable[[], None]) -> None:
    """Note that the figures leave the program, then write them."""
    session.authorize(Permission.SEE_MONITORING)
    with session.begin() as work:
        work.note("monitoring.exported", "monitoring")
    write()


def same_reason(reason: str) -> str:
    """Return a reason without its numbers, so that equal reasons count together; T2 stays T2."""
    return re.sub(r"(?<!\w)\d+(?:\.\d+)?", "n", reason.strip())


@dataclass(frozen=True, slots=True)
class _Counted:
    runs: tuple[RunCount, ...]
    findings: tuple[FindingCount, ...]
    durations: tuple[Duration, ...]
    reasons: Mapping[int, Mapping[str, int]]
    quiet_added: Mapping[int, int]
    rejections: Mapping[int, Mapping[str, int]]
    corrected_dice: Mapping[int, tuple[float, ...]]


def _report(release: ModelRelease, counted: _Counted) -> ReleaseReport:
    runs = tuple(one for one in counted.runs if one.release_id == release.id)
    findings = tuple(one for one in counted.findings if one.release_id == release.id)
    outcomes: Counter[str] = Counter()
    for one in runs:
        outcomes[one.outcome] += one.count
    told: Counter[str] = Counter()
    for reason, count in counted.reasons[release.id].items():
        told[same_reason(reason)] += count
    return ReleaseReport(
        release=release,
        runs=sum(outcomes.values()),
        outcomes=dict(outcomes),
        agreement=_agreement(runs, findings, counted.quiet_added.get(release.id, 0)),
        months=_months(runs, findings),
        reasons=tuple(told.most_common()),
        durations=tuple(one for one in counted.durations if one.release_id == release.id),
        rejections=counted.rejections.get(release.id, {}),
        corrected_dice=counted.corrected_dice.get(release.id, ()),
    )


def _agreement(
    runs: tuple[RunCount, ...], findings: tuple[FindingCount, ...], quiet_added: int
) -> Agreement:
    given: Counter[str] = Counter()
    missed = 0
    for one in findings:
        if not one.own:
            given[one.status] += one.count
        elif one.status != FindingStatus.REJECTED:
            missed += one.count
    quiet_read = sum(
        one.count for one in runs if one.outcome == RunOutcome.NOTHING_SUSPECTED and one.read
    )
    return Agreement(
        accepted=given[FindingStatus.ACCEPTED],
        edited=given[FindingStatus.EDITED],
        rejected=given[FindingStatus.REJECTED],
        waiting=given[FindingStatus.SUGGESTED],
        missed=missed,
        quiet_read=quiet_read,
        quiet_added=quiet_added,
    )


def _months(runs: tuple[RunCount, ...], findings: tuple[FindingCount, ...]) -> tuple[Month, ...]:
    all_runs: Counter[int] = Counter()
    refused: Counter[int] = Counter()
    decided: Counter[int] = Counter()
    changed: Counter[int] = Counter()
    for one in runs:
        all_runs[one.month] += one.count
        refused[one.month] += one.count if one.outcome == RunOutcome.NOT_ANALYSED else 0
    for each in findings:
        if not each.own and each.status in _DECIDED:
            decided[each.month] += each.count
            changed[each.month] += each.count if each.status != FindingStatus.ACCEPTED else 0
    return tuple(
        Month(
            month,
            all_runs[month],
            Share(refused[month], all_runs[month]),
            Share(changed[month], decided[month]),
        )
        for month in sorted(all_runs)
    )
