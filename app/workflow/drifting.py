"""Comparing what comes in with what came in first, month by month, and keeping the comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from app.accounts.permissions import Permission
from app.storage.monitoring import DriftCell, MonitoringShelf, RunCount, Scored
from app.workflow.drift import (
    FEWEST,
    REFERENCE,
    REFUSED,
    Difference,
    Verdict,
    compare,
    compare_shares,
    verdict,
)
from app.workflow.rates import Share
from app.workflow.session import Session
from inference.records import RunOutcome
from viewer.ports import Progress

ALL_SCANNERS = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison with its verdict."""

    cell: DriftCell
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Collected:
    """How many accepted series a scanner has towards its reference, and the newest month's."""

    scanner_id: int
    accepted: int
    needed: int
    newest_month: int
    newest_count: int


@dataclass(frozen=True, slots=True)
class Drift:
    """All comparisons of a release and how far each scanner's reference is."""

    compared: tuple[Compared, ...]
    collected: tuple[Collected, ...]

    @property
    def months(self) -> tuple[int, ...]:
        """Months with a comparison."""
        return tuple(sorted({one.cell.month for one in self.compared}))


def drift(session: Session, release_id: int, progress: Progress) -> Drift:
    """Return the drift of what a release was given; compare first what has not been yet.

    Each month is a transaction of its own, so that nobody waits for the first time.
    """
    session.authorize(Permission.SEE_MONITORING)
    with session.begin() as work:
        firsts = _firsts(work.monitoring, release_id)
        cells = work.monitoring.cells(release_id)
    known = {(one.scanner_id, one.month) for one in cells}
    due = sorted(_due(firsts) - known, key=lambda one: one[1])
    months = sorted({month for _, month in due})
    references: dict[int, tuple[Scored, ...]] = {}
    for number, month in enumerate(months):
        progress(number / len(months), "Comparing the gate's scores")
        wanted = [scanner for scanner, each in due if each == month]
        with session.begin() as work:
            for scanner in wanted:
                if scanner not in references:
                    references[scanner] = _reference(work.monitoring, release_id, firsts, scanner)
            fresh = _compared(work.monitoring, release_id, month, wanted, firsts, references)
            work.monitoring.put_cells(fresh)
        cells += tuple(fresh)
    return Drift(_judged(cells), _collected(firsts))


Firsts = dict[int, dict[int, Share]]
"""First runs on a series by scanner (0: all) and month: refused of all."""


def _firsts(shelf: MonitoringShelf, release_id: int) -> Firsts:
    counts: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for one in shelf.runs():
        if one.release_id == release_id and not one.rerun:
            for scanner in (ALL_SCANNERS, one.scanner_id):
                counts[scanner][one.month][0] += _refused(one)
                counts[scanner][one.month][1] += one.count
    return {
        scanner: {month: Share(*pair) for month, pair in sorted(months.items())}
        for scanner, months in counts.items()
    }


def _refused(one: RunCount) -> int:
    return one.count if one.outcome == RunOutcome.NOT_ANALYSED else 0


def _full_month(months: dict[int, Share]) -> int | None:
    """Return the month in which the reference is complete, or None."""
    accepted = 0
    for month, share in months.items():
        accepted += share.of - share.count
        if accepted >= REFERENCE:
            return month
    return None


def _due(firsts: Firsts) -> set[tuple[int, int]]:
    """Return scanner and month of whatever has a reference and runs enough after it.

    Refused runs count: a month in which everything is refused is compared too.
    """
    found = set()
    for scanner, months in firsts.items():
        full = _full_month(months)
        if full is None:
            continue
        upto = sum(one.of - one.count for month, one in months.items() if month <= full)
        found |= {
            (scanner, month) for month, one in months.items() if month > full and one.of >= FEWEST
        }
        if upto - REFERENCE >= FEWEST:
            found.add((scanner, full))
    return found


def _reference(
    shelf: MonitoringShelf, release_id: int, firsts: Firsts, scanner: int
) -> tuple[Scored, ...]:
    """Return the first runs of a scanner up to the one that completes the reference."""
    full = _full_month(firsts[scanner]) or 0
    runs = shelf.scored(release_id, _scanners(firsts, scanner), 0, full)
    accepted = 0
    for place, one in enumerate(runs, start=1):
        accepted += one.accepted
        if accepted == REFERENCE:
            return runs[:place]
    return runs


def _scanners(firsts: Firsts, scanner: int) -> list[int]:
    return [one for one in firsts if one] if scanner == ALL_SCANNERS else [scanner]


def _compared(
    shelf: MonitoringShelf,
    release_id: int,
    month: int,
    wanted: Sequence[int],
    firsts: Firsts,
    references: dict[int, tuple[Scored, ...]],
) -> list[DriftCell]:
    runs = shelf.scored(release_id, _scanners(firsts, ALL_SCANNERS), month, month)
    cells = []
    for scanner in wanted:
        reference = references[scanner]
        later = [
            one
            for one in runs
            if one.seq > reference[-1].seq and scanner in {ALL_SCANNERS, one.scanner_id}
        ]
        for score, found in _differences(reference, later).items():
            cells.append(DriftCell(release_id, scanner, month, score, **asdict(found)))
    return cells


def _differences(reference: Sequence[Scored], later: Sequence[Scored]) -> dict[str, Difference]:
    found = {}
    if len(later) >= FEWEST:
        found[REFUSED] = compare_shares(_refusals(reference), _refusals(later))
    before, now = _by_score(reference), _by_score(later)
    for score in sorted(before.keys() & now.keys()):
        if min(len(before[score]), len(now[score])) >= FEWEST:
            found[score] = compare(before[score], now[score])
    return found


def _refusals(runs: Sequence[Scored]) -> Share:
    return Share(sum(not one.accepted for one in runs), len(runs))


def _by_score(runs: Iterable[Scored]) -> dict[str, list[float]]:
    """Return the values of each score over accepted runs."""
    found: dict[str, list[float]] = defaultdict(list)
    for one in runs:
        if one.accepted:
            for score, value in one.scores.items():
                found[score].append(float(value))
    return found


def _judged(cells: Sequence[DriftCell]) -> tuple[Compared, ...]:
    per_month: dict[int, int] = defaultdict(int)
    for one in cells:
        per_month[one.month] += 1
    return tuple(
        Compared(one, verdict(one.score, one.distance, one.p, per_month[one.month]))
        for one in sorted(cells, key=lambda one: (one.month, one.scanner_id, one.score))
    )


def _collected(firsts: Firsts) -> tuple[Collected, ...]:
    return tuple(
        Collected(
            scanner,
            sum(one.of - one.count for one in months.values()),
            REFERENCE,
            max(months),
            months[max(months)].of - months[max(months)].count,
        )
        for scanner, months in sorted(firsts.items())
    )
