"""The worklist: every study on one line, the most urgent first, found as one types."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text

from app.records import (
    NOTHING_SUSPECTED,
    Urgency,
    WorklistEntry,
    WorklistFilter,
    WorklistPage,
    WorklistStatus,
)
from app.storage.worklist_lines import first_rank, refresh
from app.storage.worklist_words import match

# ruff: noqa: S608 - the statements are put together from the fixed fragments below

_READER = "LEFT JOIN account AS reader ON reader.id = line.reader_id"
_COLUMNS = "line.*, coalesce(reader.name, '') AS reader_name"
_FIRST = text(f"""SELECT {_COLUMNS} FROM worklist_line AS line {_READER}
WHERE line.rank BETWEEN :low AND :high ORDER BY line.rank LIMIT :most""")
_FOUND = text(f"""SELECT {_COLUMNS} FROM worklist_words AS words
CROSS JOIN worklist_line AS line ON line.rank = words.rowid {_READER}
WHERE worklist_words MATCH :asked AND words.rowid BETWEEN :low AND :high
ORDER BY words.rowid LIMIT :most""")
_ONE = text(f"SELECT {_COLUMNS} FROM worklist_line AS line {_READER} WHERE line.study_uid = :uid")
_TOTAL = text("SELECT coalesce(max(studies), 0) FROM worklist_total")
_SAME_PATIENTS = text("""SELECT patient_id, coalesce(study_date, substr(imported_at, 1, 10)),
    imported_at, study_uid FROM worklist_line WHERE patient_id IN :patients""").bindparams(
    bindparam("patients", expanding=True)
)
_LOWEST, _HIGHEST = first_rank(Urgency.SUSPECTED), first_rank(Urgency.DONE - 1) - 1


class Worklist:
    """Reads the worklist, whose lines are kept up (see app.storage.worklist_lines)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def refresh(self) -> int:
        """Make the lines of studies that changed anew; return how many had changed."""
        return refresh(self._connection)

    def page(
        self,
        search: str = "",
        wanted: WorklistFilter = WorklistFilter(),  # noqa: B008 -- frozen
        *,
        today: date | None = None,
        reader_id: str = "",
        limit: int = 100,
        by_urgency: bool = True,
    ) -> WorklistPage:
        """Return the first lines in whose name, MRN or description each word begins a word.

        Parameters
        ----------
        today
            The day ``last_days`` counts back from.
        reader_id
            Whose studies are meant by ``mine``.
        by_urgency
            The most urgent first; otherwise the newest first, whatever their urgency.
        """
        self.refresh()
        asked = match(search, wanted, today, reader_id)
        total = int(self._connection.scalar(_TOTAL) or 0)
        if asked is None:
            return WorklistPage((), more=False, total=total)
        rows = self._rows(asked, limit + 1, by_urgency=by_urgency)
        return WorklistPage(self._entries(rows[:limit]), more=len(rows) > limit, total=total)

    def entry(self, study_uid: str) -> WorklistEntry | None:
        """Return the line of one study, or None."""
        self.refresh()
        row = self._connection.execute(_ONE, {"uid": study_uid}).one_or_none()
        return None if row is None else self._entries([row])[0]

    def entries(self, search: str = "", limit: int = 100) -> tuple[WorklistEntry, ...]:
        """Return the first lines of a search."""
        return self.page(search, limit=limit).entries

    def _rows(self, asked: str, limit: int, *, by_urgency: bool) -> list[Row[Any]]:
        if by_urgency:
            return self._read(asked, limit, _LOWEST, _HIGHEST)
        found = [
            row
            for urgency in Urgency
            for row in self._read(asked, limit, first_rank(urgency), first_rank(urgency - 1) - 1)
        ]
        found.sort(key=lambda row: row.study_uid)
        found.sort(key=lambda row: row.imported_at, reverse=True)
        return found[:limit]

    def _read(self, asked: str, limit: int, low: int, high: int) -> list[Row[Any]]:
        values: dict[str, object] = {"low": low, "high": high, "most": limit}
        if asked:
            return list(self._connection.execute(_FOUND, {**values, "asked": asked}))
        return list(self._connection.execute(_FIRST, values))

    def _entries(self, rows: Sequence[Row[Any]]) -> tuple[WorklistEntry, ...]:
        known: dict[str, list[tuple[str, ...]]] = {row.patient_id: [] for row in rows}
        if known:
            same = self._connection.execute(_SAME_PATIENTS, {"patients": sorted(known)})
            for patient_id, *study in same:
                known[patient_id].append(tuple(study))
        for studies in known.values():
            studies.sort()
        return tuple(_entry(row, known[row.patient_id]) for row in rows)


def _entry(row: Row[Any], studies: Sequence[tuple[str, ...]]) -> WorklistEntry:
    prior_count, last_prior = _prior(row, studies)
    return WorklistEntry(
        study_uid=row.study_uid,
        patient_id=row.patient_id,
        patient_name=row.patient_name,
        mrn=row.mrn,
        birth_date=_day(row.birth_date),
        sex=row.sex,
        study_date=_day(row.study_date),
        description=row.description,
        modality=row.modality,
        series_count=row.series_count,
        imported_at=datetime.fromisoformat(row.imported_at),
        status=WorklistStatus(row.status),
        urgency=Urgency(row.urgency),
        flag=_flag(row),
        simulated=bool(row.simulated),
        reader_id=row.reader_id,
        reader_name=row.reader_name,
        prior_count=prior_count,
        last_prior=last_prior,
    )


def _prior(row: Row[Any], studies: Sequence[tuple[str, ...]]) -> tuple[int, date | None]:
    """Return how many of the patient's studies are earlier, and the day of the last of them."""
    day = row.study_date or row.imported_at[:10]
    before = bisect_left(studies, (day, row.imported_at, row.study_uid))
    return before, _day(studies[before - 1][0]) if before else None


def _flag(row: Row[Any]) -> str:
    """Return the reason of the urgency in words."""
    if row.outcome == "":
        return "Not analysed yet"
    if row.outcome == "nothing-suspected":
        return NOTHING_SUSPECTED
    if row.outcome == "not-analysed":
        return row.reason.replace("Not analysed, because", "Not analysed:", 1) or "Not analysed"
    return "Lesion suspected" if row.findings else "Suspected lesion rejected by the reader"


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
