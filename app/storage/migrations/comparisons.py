"""What became of the findings of a series since an earlier study."""

from __future__ import annotations

from sqlalchemy import Connection

_TABLE = (
    """CREATE TABLE prior_comparison (
        series_uid TEXT NOT NULL, study_uid TEXT NOT NULL, prior_study_uid TEXT NOT NULL,
        prior_date TEXT, compared_at TEXT NOT NULL, changed TEXT NOT NULL, gone TEXT NOT NULL,
        CONSTRAINT pk_prior_comparison PRIMARY KEY (series_uid),
        CONSTRAINT fk_prior_comparison_series_uid FOREIGN KEY(series_uid) REFERENCES series (uid),
        CONSTRAINT fk_prior_comparison_study_uid FOREIGN KEY(study_uid) REFERENCES study (uid),
        CONSTRAINT fk_prior_comparison_prior_study_uid FOREIGN KEY(prior_study_uid)
            REFERENCES study (uid))""",
    "CREATE INDEX ix_prior_comparison_study_uid ON prior_comparison (study_uid)",
)


def comparisons(connection: Connection) -> None:
    """The last comparison of each series, for the draft of a report."""
    for statement in _TABLE:
        connection.exec_driver_sql(statement)
