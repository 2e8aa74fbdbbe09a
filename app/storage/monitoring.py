"""Reading the facts of monitoring: counts, times, reasons, gate scores; ids only, never a name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.sqlite import insert

from app.records import ModelRelease, Scanner
from app.storage import schema
from app.storage.faults import in_plain_words
from app.storage.record_table import RecordTable


@dataclass(frozen=True, slots=True)
class RunCount:
    """So many runs. ``month`` is year * 100 + month in UTC.

    ``rerun`` are those on a series which the same release had had before; ``read`` those a reader
    has looked at: the report was signed, or a finding added, with the run there.
    """

    release_id: int
    scanner_id: int
    month: int
    outcome: str
    rerun: bool
    read: bool
    count: int


@dataclass(frozen=True, slots=True)
class FindingCount:
    """So many findings on so many runs; ``own`` are a reader's, which the model did not have."""

    release_id: int
    month: int
    own: bool
    status: str
    count: int


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds per analysis of one release on one device: the median and the 95th percentile."""

    release_id: int
    device: str
    count: int
    median_s: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class DriftCell:
    """One score of one scanner (0: all) in one month against its reference.

    ``middle`` is the median, for the score "refused" a share. ``distance`` is the
    Kolmogorov-Smirnov distance, for "refused" the difference of the shares.
    """

    release_id: int
    scanner_id: int
    month: int
    score: str
    count: int
    reference_count: int
    middle: float
    reference_middle: float
    distance: float
    p: float


@dataclass(frozen=True, slots=True)
class Scored:
    """The gate's scores of one first run on a series."""

    seq: int
    scanner_id: int
    accepted: bool
    scores: Mapping[str, float]


_RUNS = text("""
SELECT release_id, scanner_id, month, outcome, rerun, read, count(*)
FROM run_fact GROUP BY release_id, scanner_id, month, outcome, rerun, read
""")
_FINDINGS = text("""
SELECT release_id, month, own, status, count(*)
FROM finding_fact GROUP BY own, release_id, month, status
""")
_ADDED_WHERE_QUIET = text("""
SELECT release_id, count(DISTINCT run_seq) FROM finding_fact
WHERE own = 1 AND status <> 'rejected' AND outcome = 'nothing-suspected' GROUP BY release_id
""")
_DURATIONS = text("""
SELECT release_id, device, count(*)
FROM run_fact INDEXED BY ix_run_fact_time
WHERE outcome <> 'not-analysed' GROUP BY release_id, device
""")
_RANKED = text("""
SELECT seconds FROM run_fact INDEXED BY ix_run_fact_time
WHERE outcome <> 'not-analysed' AND release_id = :release AND device = :device
ORDER BY seconds LIMIT 1 OFFSET :rank
""")
_REASONS = text("""
SELECT reason, count(*) FROM run_fact INDEXED BY ix_run_fact_refusal
WHERE outcome = 'not-analysed' AND release_id = :release GROUP BY reason
""")
_SCORED = text("""
SELECT fact.seq, fact.scanner_id, fact.outcome <> 'not-analysed', run.gate
FROM run_fact AS fact JOIN run ON run.id = fact.run_id
WHERE fact.release_id = :release AND fact.scanner_id IN :scanners
    AND fact.month BETWEEN :first AND :last AND fact.rerun = 0
ORDER BY fact.seq
""").bindparams(bindparam("scanners", expanding=True))


class MonitoringShelf:
    """Counts runs and findings from the narrow facts the database keeps beside them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cells = RecordTable(connection, schema.drift_cell, DriftCell)

    def releases(self) -> tuple[ModelRelease, ...]:
        """Return every release that has run, the newest first."""
        rows = self._connection.execute(
            text("SELECT id, model, version, weights_sha256 FROM model_release ORDER BY id DESC")
        )
        return tuple(ModelRelease(*row) for row in rows)

    def scanners(self) -> tuple[Scanner, ...]:
        """Return every scanner whose images were given to a model, by name."""
        rows = self._connection.execute(
            text(
                "SELECT id, manufacturer, device, field_t FROM scanner"
                " ORDER BY manufacturer = '', manufacturer, device, field_t"
            )
        )
        return tuple(Scanner(*row) for row in rows)

    def runs(self) -> tuple[RunCount, ...]:
        """Return how many runs there are of each sort."""
        return tuple(
            RunCount(release, scanner, month, outcome, bool(rerun), bool(read), count)
            for release, scanner, month, outcome, rerun, read, count in self._connection.execute(
                _RUNS
            )
        )

    def findings(self) -> tuple[FindingCount, ...]:
        """Return how many findings there are of each sort."""
        return tuple(
            FindingCount(release, month, bool(own), status, count)
            for release, month, own, status, count in self._connection.execute(_FINDINGS)
        )

    def added_where_quiet(self) -> Mapping[int, int]:
        """Return on how many runs that suspected nothing a reader had a finding, by release."""
        rows = self._connection.execute(_ADDED_WHERE_QUIET)
        return {int(release): int(count) for release, count in rows}

    def durations(self) -> tuple[Duration, ...]:
        """Return seconds per analysis, refusals left out; exact ranks, not estimates."""
        found = []
        for release, device, count in self._connection.execute(_DURATIONS).all():
            where = {"release": release, "device": device}
            median, p95 = (
                self._connection.scalar(_RANKED, {**where, "rank": _rank(share, count)})
                for share in (50, 95)
            )
            found.append(Duration(release, device, count, float(median or 0), float(p95 or 0)))
        return tuple(found)

    def reasons(self, release_id: int) -> Mapping[str, int]:
        """Return how often each reason for not analysing was given."""
        rows = self._connection.execute(_REASONS, {"release": release_id})
        return {str(reason): int(count) for reason, count in rows}

    def scored(
        self, release_id: int, scanner_ids: Sequence[int], first: int, last: int
    ) -> tuple[Scored, ...]:
        """Return the gate's scores of first runs of these months, in the order they were made."""
        wanted = {"release": release_id, "scanners": list(scanner_ids), "first": first}
        rows = self._connection.execute(_SCORED, {**wanted, "last": last})
        return tuple(
            Scored(seq, scanner, bool(accepted), json.loads(gate))
            for seq, scanner, accepted, gate in rows
        )

    def cells(self, release_id: int) -> tuple[DriftCell, ...]:
        """Return what has been compared with its reference; a new run takes its month's out."""
        return self._cells.many(schema.drift_cell.c.release_id == release_id)

    def put_cells(self, cells: Iterable[DriftCell]) -> None:
        """Keep comparisons."""
        rows = [{name: getattr(cell, name) for name in _CELL} for cell in cells]
        if rows:
            with in_plain_words():
                self._connection.execute(insert(schema.drift_cell).prefix_with("OR REPLACE"), rows)


def _rank(percent: int, count: int) -> int:
    """Return where the value stands that ``percent`` of ``count`` sorted ones do not exceed."""
    return max(0, -(-percent * count // 100) - 1)


_CELL = tuple(DriftCell.__dataclass_fields__)
