"""The table of what was measured of heads."""

from __future__ import annotations

from sqlalchemy import Connection

_STATEMENTS = (
    """CREATE TABLE anatomy_run (
        id TEXT NOT NULL, study_uid TEXT NOT NULL, series_uid TEXT NOT NULL, model TEXT NOT NULL,
        version TEXT NOT NULL, weights_sha256 TEXT NOT NULL, device TEXT NOT NULL,
        started_at TEXT NOT NULL, seconds FLOAT NOT NULL, measured_by TEXT NOT NULL,
        reason TEXT NOT NULL, volumes TEXT NOT NULL, withheld TEXT NOT NULL, scores TEXT NOT NULL,
        cautions TEXT NOT NULL, label_file TEXT NOT NULL,
        CONSTRAINT pk_anatomy_run PRIMARY KEY (id),
        CONSTRAINT fk_anatomy_run_study_uid FOREIGN KEY(study_uid) REFERENCES study (uid))""",
    "CREATE INDEX ix_anatomy_run_study_uid ON anatomy_run (study_uid)",
)


def anatomy_runs(connection: Connection) -> None:
    """Volumes and label maps of the anatomy model, one row per measuring."""
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)
