"""How each reader came to read a study, and where reader and model disagree."""

from __future__ import annotations

from sqlalchemy import Connection

from app.storage.read_step_table import READ_TRIGGERS

_TABLE = (
    """CREATE TABLE read_step (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, study_uid TEXT NOT NULL,
        reader_id TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, mode TEXT NOT NULL,
        lesion BOOLEAN, confidence INTEGER NOT NULL, words TEXT NOT NULL,
        CONSTRAINT fk_read_step_study_uid FOREIGN KEY(study_uid) REFERENCES study (uid))""",
    "CREATE INDEX ix_read_step_study_uid_reader_id_seq ON read_step (study_uid, reader_id, seq)",
)


_INDEXES = (
    "CREATE INDEX ix_finding_rejected ON finding (run_id, reject_reason) WHERE status = 'rejected'",
    "CREATE INDEX ix_finding_outlined ON finding (run_id) WHERE outlined IS NOT NULL",
)
_COLUMNS = ("model TEXT", "outlined TEXT", "reject_reason TEXT DEFAULT '' NOT NULL")


def kept_disagreement(connection: Connection) -> None:
    """What the model had said beside the reader's words and outline, and why one was rejected."""
    for column in _COLUMNS:
        connection.exec_driver_sql(f"ALTER TABLE finding ADD COLUMN {column}")
    for index in _INDEXES:
        connection.exec_driver_sql(index)


def read_steps(connection: Connection) -> None:
    """A history of how each reader read a study: first impression, when the models were shown."""
    for statement in (*_TABLE, *READ_TRIGGERS):
        connection.exec_driver_sql(statement)
