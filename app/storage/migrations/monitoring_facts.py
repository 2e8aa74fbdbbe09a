"""The tables of the monitoring facts, and those facts of what is there already."""

from __future__ import annotations

from sqlalchemy import Connection

from app.storage.facts import FACT_TRIGGERS, MONTH, REASON, SAME_RELEASE, SCANNER, SIGNED

# ruff: noqa: S608 - the statements are put together from fixed fragments

_TABLES = (
    """CREATE TABLE model_release (
        id INTEGER NOT NULL, model TEXT NOT NULL, version TEXT NOT NULL,
        weights_sha256 TEXT NOT NULL,
        CONSTRAINT pk_model_release PRIMARY KEY (id),
        CONSTRAINT uq_model_release_model_version_weights_sha256
            UNIQUE (model, version, weights_sha256))""",
    """CREATE TABLE scanner (
        id INTEGER NOT NULL, manufacturer TEXT NOT NULL, device TEXT NOT NULL,
        field_t TEXT NOT NULL,
        CONSTRAINT pk_scanner PRIMARY KEY (id),
        CONSTRAINT uq_scanner_manufacturer_device_field_t
            UNIQUE (manufacturer, device, field_t))""",
    """CREATE TABLE run_fact (
        seq INTEGER NOT NULL, run_id TEXT NOT NULL, study_uid TEXT NOT NULL,
        series_uid TEXT NOT NULL, release_id INTEGER NOT NULL, scanner_id INTEGER NOT NULL,
        device TEXT NOT NULL, month INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
        seconds FLOAT NOT NULL, rerun INTEGER NOT NULL, read INTEGER NOT NULL,
        CONSTRAINT pk_run_fact PRIMARY KEY (seq), CONSTRAINT uq_run_fact_run_id UNIQUE (run_id))""",
    "CREATE INDEX ix_run_fact_study_uid ON run_fact (study_uid)",
    "CREATE INDEX ix_run_fact_tally ON run_fact (release_id, scanner_id, month, outcome, rerun,"
    " read)",
    "CREATE INDEX ix_run_fact_time ON run_fact (release_id, device, seconds)"
    " WHERE outcome <> 'not-analysed'",
    "CREATE INDEX ix_run_fact_refusal ON run_fact (release_id, reason)"
    " WHERE outcome = 'not-analysed'",
    """CREATE TABLE finding_fact (
        finding_id TEXT NOT NULL, run_seq INTEGER NOT NULL, release_id INTEGER NOT NULL,
        month INTEGER NOT NULL, outcome TEXT NOT NULL, own INTEGER NOT NULL, status TEXT NOT NULL,
        CONSTRAINT pk_finding_fact PRIMARY KEY (finding_id))""",
    "CREATE INDEX ix_finding_fact_tally ON finding_fact (own, release_id, month, status, outcome,"
    " run_seq)",
    """CREATE TABLE drift_cell (
        release_id INTEGER NOT NULL, scanner_id INTEGER NOT NULL, month INTEGER NOT NULL,
        score TEXT NOT NULL, count INTEGER NOT NULL, reference_count INTEGER NOT NULL,
        middle FLOAT NOT NULL, reference_middle FLOAT NOT NULL, distance FLOAT NOT NULL,
        p FLOAT NOT NULL,
        CONSTRAINT pk_drift_cell PRIMARY KEY (release_id, scanner_id, month, score))""",
)

_FILL = (
    "INSERT INTO model_release (model, version, weights_sha256)"
    " SELECT model, version, weights_sha256 FROM run GROUP BY 1, 2, 3 ORDER BY min(rowid)",
    f"""INSERT INTO scanner (manufacturer, device, field_t)
        SELECT '', '', '' UNION SELECT {SCANNER} FROM series
        WHERE series.uid IN (SELECT series_uid FROM run)""",
    f"""INSERT INTO run_fact (run_id, study_uid, series_uid, release_id, scanner_id, device, month,
            outcome, reason, seconds, rerun, read)
        SELECT run.id, run.study_uid, run.series_uid, model_release.id, scanner.id, run.device,
            {MONTH.format("run")}, run.outcome, {REASON.format("run")}, run.seconds,
            row_number() OVER (
                PARTITION BY run.series_uid, model_release.id ORDER BY run.rowid) > 1,
            EXISTS (SELECT 1 FROM report_version AS paper
                WHERE paper.study_uid = run.study_uid AND paper.status IN {SIGNED})
        FROM run
        JOIN study ON study.uid = run.study_uid AND NOT study.simulated
        JOIN model_release ON {SAME_RELEASE.format("run")}
        LEFT JOIN (SELECT series.uid, {SCANNER} FROM series) AS known ON known.uid = run.series_uid
        JOIN scanner ON scanner.manufacturer = coalesce(known.manufacturer, '')
            AND scanner.device = coalesce(known.device, '')
            AND scanner.field_t = coalesce(known.field_t, '')
        ORDER BY run.rowid""",
    """INSERT INTO finding_fact (finding_id, run_seq, release_id, month, outcome, own, status)
        SELECT finding.id, fact.seq, fact.release_id, fact.month, fact.outcome, 0, finding.status
        FROM finding JOIN run_fact AS fact ON fact.run_id = finding.run_id
        WHERE finding.run_id <> ''""",
)


def monitoring_facts(connection: Connection) -> None:
    """Version 5: facts for monitoring, also of the runs and findings that are there already."""
    for statement in (*_TABLES, *_FILL, *FACT_TRIGGERS):
        connection.exec_driver_sql(statement)
