"""What a line of the worklist is, and keeping the stored lines so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from app.storage.worklist_tables import worklist_line
from app.storage.worklist_words import line_words

# ruff: noqa: S608 - the statements are put together from the fixed fragments below

_CHUNK = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLOTS = 128
"""How many studies may come in within one microsecond before one counts as a little older."""
_SPAN = 1 << 60
"""How far the ranks of one urgency reach; microseconds times slots fit until the year 2255."""

PLAIN = """
WITH chosen AS MATERIALIZED ({chosen}),
newest_run AS (
    SELECT run.id, run.study_uid, run.outcome, run.reason, run.started_at, row_number() OVER (
        PARTITION BY study_uid, series_uid ORDER BY started_at DESC, id) AS age
    FROM run WHERE study_uid IN (SELECT uid FROM chosen)),
telling_run AS (
    SELECT newest_run.*, row_number() OVER (
        PARTITION BY study_uid
        ORDER BY CASE outcome WHEN 'findings' THEN 0 WHEN 'nothing-suspected' THEN 1 ELSE 2 END,
                 started_at DESC, id) AS place
    FROM newest_run WHERE age = 1),
suspicion AS (
    SELECT telling_run.study_uid, count(*) AS findings
    FROM telling_run JOIN finding ON finding.run_id = telling_run.id
    WHERE telling_run.place = 1 AND finding.status <> 'rejected'
    GROUP BY telling_run.study_uid),
version AS (
    SELECT study_uid, report_id, status, row_number() OVER (
            PARTITION BY report_id, status = 'partial' ORDER BY version DESC) AS age,
        version = max(version) OVER (PARTITION BY report_id) AS newest
    FROM report_version WHERE study_uid IN (SELECT uid FROM chosen)),
paper AS (
    SELECT version.study_uid,
        max(CASE
            WHEN status IN ('final', 'amended', 'corrected', 'appended')
                THEN CASE WHEN released.report_id IS NULL THEN 3 ELSE 4 END
            WHEN status = 'preliminary' THEN 2
            WHEN status = 'partial' AND newest THEN 1 ELSE 0 END) AS step
    FROM version LEFT JOIN report_release AS released ON released.report_id = version.report_id
    WHERE version.age = 1
    GROUP BY version.study_uid),
line AS (
    SELECT study.uid AS study_uid, study.patient_id, patient.name AS patient_name, patient.mrn,
        patient.birth_date, patient.sex, study.study_date, study.description, study.modality,
        study.imported_at,
        (SELECT count(*) FROM series WHERE series.study_uid = study.uid) AS series_count,
        study.simulated,
        CASE coalesce(paper.step, 0) WHEN 4 THEN 'released' WHEN 3 THEN 'signed'
            WHEN 2 THEN 'preliminary' WHEN 1 THEN 'draft'
            ELSE CASE WHEN coalesce(holder.reader_id, '') = '' THEN 'unread' ELSE 'assigned' END
            END AS status,
        coalesce(telling_run.outcome, '') AS outcome, coalesce(telling_run.reason, '') AS reason,
        coalesce(suspicion.findings, 0) AS findings,
        coalesce(holder.reader_id, '') AS reader_id
    FROM chosen
    CROSS JOIN study ON study.uid = chosen.uid
    JOIN patient ON patient.id = study.patient_id
    LEFT JOIN telling_run ON telling_run.study_uid = study.uid AND telling_run.place = 1
    LEFT JOIN suspicion ON suspicion.study_uid = study.uid
    LEFT JOIN paper ON paper.study_uid = study.uid
    LEFT JOIN assignment AS holder ON holder.seq = (
        SELECT max(seq) FROM assignment WHERE assignment.study_uid = study.uid))
SELECT line.*,
    CASE WHEN simulated OR status IN ('signed', 'released') THEN 0
        WHEN outcome = 'findings' AND findings > 0 THEN 3
        WHEN outcome IN ('', 'not-analysed') THEN 2
        ELSE 1 END AS urgency
FROM line
"""
"""The plain query: what a line is, for the studies whose uids ``chosen`` gives."""

_ALL = text(
    PLAIN.format(chosen="SELECT uid FROM study")
    + "ORDER BY urgency DESC, imported_at DESC, study_uid"
)
_SOME = f"SELECT study_uid AS uid FROM worklist_stale ORDER BY study_uid LIMIT {_CHUNK}"
_FRESH = text(PLAIN.format(chosen=_SOME))
_KEPT = text(f"SELECT * FROM worklist_line WHERE study_uid IN ({_SOME})")
_DONE = text(f"DELETE FROM worklist_stale WHERE study_uid IN ({_SOME})")
_ANY = text("SELECT EXISTS (SELECT 1 FROM worklist_stale)")
_COUNT = text(
    "INSERT INTO worklist_total (only, studies) VALUES (1, :more)"
    " ON CONFLICT (only) DO UPDATE SET studies = studies + excluded.studies"
)
_DROP = text("DELETE FROM worklist_line WHERE rank = :rank")
_DROP_WORDS = text("DELETE FROM worklist_words WHERE rowid = :rank")
_ADD_WORDS = text("INSERT INTO worklist_words (rowid, words) VALUES (:rank, :words)")
_LAST_SLOT = text("SELECT max(rank) FROM worklist_line WHERE rank BETWEEN :low AND :high")


def plain_lines(connection: Connection) -> list[dict[str, Any]]:
    """Return every line by the plain query, in order; slow: it is what the kept lines must be."""
    return [dict(row._mapping) for row in connection.execute(_ALL)]  # noqa: SLF001 -- public


def refresh(connection: Connection) -> int:
    """Make the lines of the studies marked stale anew; return how many were marked."""
    marked = 0
    while connection.scalar(_ANY):
        kept = {row.study_uid: row for row in connection.execute(_KEPT)}
        fresh = {row.study_uid: row for row in connection.execute(_FRESH)}
        _replace(connection, kept, fresh)
        marked += connection.execute(_DONE).rowcount
    return marked


def first_rank(urgency: int) -> int:
    """Return where the ranks of an urgency begin; they end where the next lower one begins."""
    return (3 - urgency) * _SPAN


def _replace(
    connection: Connection, kept: Mapping[str, Row[Any]], fresh: Mapping[str, Row[Any]]
) -> None:
    names = [column.name for column in worklist_line.columns if column.name != "rank"]
    gone, new = [], []
    for study_uid in {**kept, **fresh}:
        before, now = kept.get(study_uid), fresh.get(study_uid)
        if before and now and all(getattr(before, n) == getattr(now, n) for n in names):
            continue
        if before:
            gone.append({"rank": before.rank})
        if now:
            new.append({name: getattr(now, name) for name in names})
    for statement in (_DROP, _DROP_WORDS):
        if gone:
            connection.execute(statement, gone)
    for values in new:
        values["rank"] = _free_rank(connection, values["urgency"], values["imported_at"])
        connection.execute(worklist_line.insert(), values)
    if new:
        words = [{"rank": line["rank"], "words": " ".join(line_words(line))} for line in new]
        connection.execute(_ADD_WORDS, words)
    if len(new) != len(gone):
        connection.execute(_COUNT, {"more": len(new) - len(gone)})


def _free_rank(connection: Connection, urgency: int, imported_at: str) -> int:
    age = max(timedelta(), datetime.fromisoformat(imported_at) - _EPOCH)
    low = first_rank(urgency) + _SPAN - (age // timedelta(microseconds=1)) * _SLOTS - 1
    while True:
        high = low + _SLOTS - 1
        last = connection.scalar(_LAST_SLOT, {"low": low, "high": high})
        if last is None or last < high:
            return low if last is None else int(last) + 1
        low = high + 1
