"""Who reads which study, and emergency access."""

from __future__ import annotations

from sqlalchemy import Connection

from app.storage.access_tables import ACCESS_TRIGGERS, EMERGENCY_TRIGGERS

_TABLES = (
    """CREATE TABLE assignment (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, study_uid TEXT NOT NULL,
        reader_id TEXT NOT NULL, by_id TEXT NOT NULL, at TEXT NOT NULL, word TEXT NOT NULL,
        CONSTRAINT fk_assignment_study_uid FOREIGN KEY(study_uid) REFERENCES study (uid))""",
    "CREATE INDEX ix_assignment_study_uid_seq ON assignment (study_uid, seq)",
    """CREATE TABLE emergency_access (
        id TEXT NOT NULL, patient_id TEXT NOT NULL, account_id TEXT NOT NULL, reason TEXT NOT NULL,
        words TEXT NOT NULL, started_at TEXT NOT NULL, ends_at TEXT NOT NULL, ended_at TEXT,
        verdict TEXT NOT NULL, reviewed_by TEXT NOT NULL, reviewed_at TEXT,
        review_words TEXT NOT NULL,
        CONSTRAINT pk_emergency_access PRIMARY KEY (id))""",
    "CREATE INDEX ix_emergency_access_account_id_patient_id"
    " ON emergency_access (account_id, patient_id)",
)


def access(connection: Connection) -> None:
    """A history of readers for each study, and emergency access with its review."""
    for statement in (*_TABLES, *ACCESS_TRIGGERS):
        connection.exec_driver_sql(statement)


def emergency_rules(connection: Connection) -> None:
    """What an emergency access may be and how it may change."""
    for statement in EMERGENCY_TRIGGERS:
        connection.exec_driver_sql(statement)
