"""The kept-up worklist, saved filters and thumbnails."""

from __future__ import annotations

from sqlalchemy import Connection

from app.storage.worklist_tables import STALE_TRIGGERS, WORDS

_TABLES = (
    """CREATE TABLE worklist_line (
        rank INTEGER NOT NULL, study_uid TEXT NOT NULL, patient_id TEXT NOT NULL,
        patient_name TEXT NOT NULL, mrn TEXT NOT NULL, birth_date TEXT, sex TEXT NOT NULL,
        study_date TEXT, description TEXT NOT NULL, modality TEXT NOT NULL,
        imported_at TEXT NOT NULL, series_count INTEGER NOT NULL, simulated INTEGER NOT NULL,
        urgency INTEGER NOT NULL, status TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
        findings INTEGER NOT NULL, reader_id TEXT NOT NULL,
        CONSTRAINT pk_worklist_line PRIMARY KEY (rank),
        CONSTRAINT uq_worklist_line_study_uid UNIQUE (study_uid))""",
    "CREATE INDEX ix_worklist_line_priors ON worklist_line (patient_id, study_date, imported_at,"
    " study_uid)",
    """CREATE TABLE worklist_stale (
        study_uid TEXT NOT NULL, CONSTRAINT pk_worklist_stale PRIMARY KEY (study_uid))""",
    """CREATE TABLE worklist_total (
        "only" INTEGER NOT NULL, studies INTEGER NOT NULL,
        CONSTRAINT pk_worklist_total PRIMARY KEY ("only"))""",
    """CREATE TABLE worklist_filter (
        account_id TEXT NOT NULL, name TEXT NOT NULL, filter TEXT NOT NULL,
        CONSTRAINT pk_worklist_filter PRIMARY KEY (account_id, name))""",
    """CREATE TABLE thumbnail (
        study_uid TEXT NOT NULL, series_uid TEXT NOT NULL, pixel_file TEXT NOT NULL,
        CONSTRAINT pk_thumbnail PRIMARY KEY (study_uid),
        CONSTRAINT fk_thumbnail_study_uid FOREIGN KEY(study_uid) REFERENCES study (uid))""",
)
_ALL_STALE = "INSERT INTO worklist_stale SELECT uid FROM study"


def worklist_lines(connection: Connection) -> None:
    """One line per study, kept up; those of studies already here are made at the first opening."""
    for statement in (*_TABLES, WORDS, *STALE_TRIGGERS, _ALL_STALE):
        connection.exec_driver_sql(statement)
