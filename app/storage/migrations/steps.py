"""The ordered steps; step n brings a database of version n to version n + 1.

A step is a plain function on the open connection. It names what it changes in SQL of its own
and never uses app.storage.schema, which describes the newest version only.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from app.storage.migrations.access import access, emergency_rules
from app.storage.migrations.anatomy_runs import anatomy_runs
from app.storage.migrations.comparisons import comparisons
from app.storage.migrations.conversations import conversations
from app.storage.migrations.language_models import language_models
from app.storage.migrations.leaflets import leaflets
from app.storage.migrations.monitoring_facts import monitoring_facts
from app.storage.migrations.notices import notices, notices_of_offers
from app.storage.migrations.read_steps import kept_disagreement, read_steps
from app.storage.migrations.resources import resources
from app.storage.migrations.signed_reports import signed_reports
from app.storage.migrations.worklist_lines import worklist_lines
from app.storage.migrations.writing_aids import writing_aids

Step = Callable[[Connection], None]


def _search_indexes(connection: Connection) -> None:
    """Version 2: patients by MRN, and one patient's audit entries, without a full scan."""
    connection.exec_driver_sql("CREATE INDEX ix_patient_mrn ON patient (mrn)")
    connection.exec_driver_sql(
        "CREATE INDEX ix_audit_patient ON audit (json_extract(body, '$.patient_id'))"
    )


def _reading_room(connection: Connection) -> None:
    """Version 3: series of several volumes, and what a reader draws, marks, paints and undoes."""
    for column in (
        "frame_of_reference TEXT DEFAULT '' NOT NULL",
        "source_uid TEXT DEFAULT '' NOT NULL",
        "axis TEXT DEFAULT '' NOT NULL",
        "axis_value TEXT DEFAULT '' NOT NULL",
        "axis_index INTEGER DEFAULT 0 NOT NULL",
        "axis_count INTEGER DEFAULT 1 NOT NULL",
    ):
        connection.exec_driver_sql(f"ALTER TABLE series ADD COLUMN {column}")
    for statement in _READING_ROOM:
        connection.exec_driver_sql(statement)


_READING_ROOM = (
    """CREATE TABLE annotation (
        id TEXT NOT NULL, study_uid TEXT NOT NULL, series_uid TEXT NOT NULL, kind TEXT NOT NULL,
        points_mm TEXT NOT NULL, "right" TEXT NOT NULL, down TEXT NOT NULL,
        mm_per_px FLOAT NOT NULL, made_at TEXT NOT NULL, author_id TEXT NOT NULL,
        text TEXT NOT NULL,
        CONSTRAINT pk_annotation PRIMARY KEY (id),
        CONSTRAINT fk_annotation_study_uid FOREIGN KEY(study_uid) REFERENCES study (uid))""",
    "CREATE INDEX ix_annotation_study_uid ON annotation (study_uid)",
    """CREATE TABLE key_image (
        id TEXT NOT NULL, study_uid TEXT NOT NULL, series_uid TEXT NOT NULL,
        centre_mm TEXT NOT NULL, "right" TEXT NOT NULL, down TEXT NOT NULL, window TEXT NOT NULL,
        made_at TEXT NOT NULL, author_id TEXT NOT NULL, note TEXT NOT NULL,
        CONSTRAINT pk_key_image PRIMARY KEY (id),
        CONSTRAINT fk_key_image_study_uid FOREIGN KEY(study_uid) REFERENCES study (uid))""",
    "CREATE INDEX ix_key_image_study_uid ON key_image (study_uid)",
    """CREATE TABLE label_stroke (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, study_uid TEXT NOT NULL,
        series_uid TEXT NOT NULL, run_id TEXT NOT NULL, change BLOB NOT NULL,
        undone BOOLEAN NOT NULL,
        CONSTRAINT uq_label_stroke_id UNIQUE (id),
        CONSTRAINT fk_label_stroke_study_uid FOREIGN KEY(study_uid) REFERENCES study (uid))""",
    "CREATE INDEX ix_label_stroke_series_uid_seq ON label_stroke (series_uid, seq)",
    "CREATE INDEX ix_label_stroke_study_uid ON label_stroke (study_uid)",
    """CREATE TABLE edit (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, study_uid TEXT NOT NULL,
        author_id TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, subject_id TEXT NOT NULL,
        "before" TEXT, "after" TEXT, state TEXT NOT NULL,
        CONSTRAINT uq_edit_id UNIQUE (id))""",
    "CREATE INDEX ix_edit_study_uid_state_seq ON edit (study_uid, state, seq)",
)


def _cautions(connection: Connection) -> None:
    """Version 4: what the input gate would have a reader know of a series."""
    connection.exec_driver_sql("ALTER TABLE run ADD COLUMN cautions TEXT DEFAULT '[]' NOT NULL")


def _own_models(connection: Connection) -> None:
    """Version 6: a clinic's own models, and which runs are theirs."""
    connection.exec_driver_sql("ALTER TABLE run ADD COLUMN own_model TEXT DEFAULT '' NOT NULL")
    connection.exec_driver_sql(
        """CREATE TABLE own_model (
            id TEXT NOT NULL, container TEXT NOT NULL, card TEXT NOT NULL, digests TEXT NOT NULL,
            trial TEXT NOT NULL, status TEXT NOT NULL, weights_file TEXT NOT NULL,
            imported_at TEXT NOT NULL, imported_by TEXT NOT NULL, decided_at TEXT,
            decided_by TEXT NOT NULL,
            CONSTRAINT pk_own_model PRIMARY KEY (id))"""
    )


def _audit_by_subject(connection: Connection) -> None:
    """Version 10: one report's audit entries, without a full scan."""
    connection.exec_driver_sql(
        "CREATE INDEX ix_audit_subject ON audit (json_extract(body, '$.subject'))"
    )


STEPS: tuple[Step, ...] = (
    _search_indexes,
    _reading_room,
    _cautions,
    monitoring_facts,
    _own_models,
    anatomy_runs,
    signed_reports,
    worklist_lines,
    _audit_by_subject,
    access,
    writing_aids,
    emergency_rules,
    notices,
    resources,
    read_steps,
    kept_disagreement,
    comparisons,
    notices_of_offers,
    leaflets,
    language_models,
    conversations,
)
