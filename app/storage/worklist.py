"""The worklist: every study on one line, the most urgent first, in one query."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from app.records import WorklistEntry, WorklistStatus

_ENTRIES = text("""
WITH newest_run AS (
    SELECT run.*, row_number() OVER (
        PARTITION BY study_uid, series_uid ORDER BY started_at DESC, id) AS age
    FROM run),
telling_run AS (
    SELECT newest_run.*, row_number() OVER (
        PARTITION BY study_uid
        ORDER BY CASE outcome WHEN 'findings' THEN 0 WHEN 'nothing-suspected' THEN 1 ELSE 2 END,
                 started_at DESC, id) AS rank
    FROM newest_run WHERE age = 1),
suspicion AS (
    SELECT run_id, max(probability) AS probability, count(*) AS findings
    FROM finding WHERE status <> 'rejected' GROUP BY run_id),
paper AS (
    SELECT version.study_uid,
        max(CASE WHEN status IN ('final', 'amended', 'corrected', 'appended')
            THEN 1 ELSE 0 END) AS signed,
        max(CASE WHEN status IN ('final', 'amended', 'corrected', 'appended')
            AND released.report_id IS NOT NULL
            THEN 1 ELSE 0 END) AS released
    FROM report_version AS version
    LEFT JOIN report_release AS released ON released.report_id = version.report_id
    GROUP BY version.study_uid),
line AS (
    SELECT study.uid AS study_uid, study.patient_id, patient.name AS patient_name, patient.mrn,
        patient.birth_date, patient.sex, study.study_date, study.description, study.modality,
        (SELECT count(*) FROM series WHERE series.study_uid = study.uid) AS series_count,
        study.imported_at, study.simulated, telling_run.outcome, telling_run.reason,
        suspicion.probability, coalesce(suspicion.findings, 0) AS findings,
        CASE WHEN paper.released = 1 THEN 'released' WHEN paper.signed = 1 THEN 'signed'
            WHEN paper.study_uid IS NOT NULL THEN 'draft'
            WHEN telling_run.id IS NOT NULL THEN 'analysed' ELSE 'unread' END AS status
    FROM study
    JOIN patient ON patient.id = study.patient_id
    LEFT JOIN telling_run ON telling_run.study_uid = study.uid AND telling_run.rank = 1
    LEFT JOIN suspicion ON suspicion.run_id = telling_run.id
    LEFT JOIN paper ON paper.study_uid = study.uid)
SELECT line.*,
    CASE WHEN simulated OR status IN ('signed', 'released') THEN 0
        WHEN outcome = 'findings' AND findings > 0 THEN 3
        WHEN outcome IS NULL OR outcome = 'not-analysed' THEN 2
        ELSE 1 END AS urgency
FROM line
WHERE found_in(patient_name || ' ' || mrn || ' ' || description, :wanted)
ORDER BY urgency DESC, imported_at DESC, study_uid
LIMIT :most
""")


class Worklist:
    """Reads the worklist; it is made of the other shelves' rows and stored nowhere.

    Urgency is 3 for a suspected lesion, 2 for what no model has judged, 1 for nothing
    suspected, and 0 for what is signed or simulated.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def entries(self, text: str = "", limit: int = 500) -> tuple[WorklistEntry, ...]:
        """Return lines in whose name, MRN or description every word occurs."""
        rows = self._connection.execute(_ENTRIES, {"wanted": text, "most": limit})
        return tuple(_entry(row) for row in rows)


def _entry(row: Row[Any]) -> WorklistEntry:
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
        urgency=row.urgency,
        flag=_flag(row),
        simulated=bool(row.simulated),
    )


def _flag(row: Row[Any]) -> str:
    if row.outcome == "nothing-suspected":
        return "No lesion suspected by this model"
    if row.outcome == "not-analysed":
        return row.reason.replace("Not analysed, because", "Not analysed:", 1) or "Not analysed"
    if row.outcome == "findings" and row.findings == 0:
        return "Suspected lesion rejected by the reader"
    return "Lesion suspected" if row.outcome == "findings" else ""


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
