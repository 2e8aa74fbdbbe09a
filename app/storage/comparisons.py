"""Table and shelf of what became of findings since an earlier study."""

from __future__ import annotations

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, Text

from app.storage.record_table import RecordTable
from app.storage.schema import JsonText, metadata
from inference.records import PriorComparison

prior_comparison = Table(
    "prior_comparison",
    metadata,
    Column("series_uid", Text, ForeignKey("series.uid"), primary_key=True),
    Column("study_uid", Text, ForeignKey("study.uid"), nullable=False),
    Column("prior_study_uid", Text, ForeignKey("study.uid"), nullable=False),
    Column("prior_date", Text),
    Column("compared_at", Text, nullable=False),
    Column("changed", JsonText, nullable=False),
    Column("gone", JsonText, nullable=False),
    Index(None, "study_uid"),
)


class ComparisonShelf:
    """The durable home of comparisons: the last one of each series."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, prior_comparison, PriorComparison)

    def put(self, comparison: PriorComparison) -> None:
        """Keep the comparison; an older one of the same series is replaced."""
        self._rows.put(comparison)

    def get(self, series_uid: str) -> PriorComparison | None:
        return self._rows.one(prior_comparison.c.series_uid == series_uid)

    def of_study(self, study_uid: str) -> tuple[PriorComparison, ...]:
        """Return the comparisons of a study's series, the newest first."""
        column = prior_comparison.c
        newest = (column.compared_at.desc(), column.series_uid)
        return self._rows.many(column.study_uid == study_uid, order=newest)
