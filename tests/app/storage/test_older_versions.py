"""Databases of other versions: an older one is brought on with its data, a newer one left alone."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.accounts.slots import derive
from app.errors import NewerDatabaseError
from app.records import SYSTEM
from app.storage.access_tables import ACCESS_TRIGGERS, EMERGENCY_TRIGGERS
from app.storage.booking_tables import BOOKING_TRIGGERS
from app.storage.codec import canonical, encode
from app.storage.engine import open_engine
from app.storage.facts import FACT_TRIGGERS
from app.storage.migrations.runner import migrate
from app.storage.migrations.steps import STEPS
from app.storage.read_step_table import READ_TRIGGERS
from app.storage.report_triggers import REPORT_TRIGGERS
from app.storage.work import Storage
from app.storage.worklist_tables import STALE_TRIGGERS
from scheduling.records import NoticeKind
from tests.app.conftest import MASTER_KEY
from tests.app.storage.records import (
    APPOINTMENT,
    DRAFT,
    NOTICE,
    PATIENT,
    SERIES,
    SIGNED,
    STUDY,
)
from tests.app.storage.reopening import reopened

SERIES_3 = ("frame_of_reference", "source_uid", "axis", "axis_value")
FACT_TRIGGER_NAMES = tuple(statement.split()[2] for statement in FACT_TRIGGERS)
REPORT_TRIGGER_NAMES = tuple(statement.split()[2] for statement in REPORT_TRIGGERS)
OLD_REPORT_TRIGGERS = (
    "report_never_updated",
    "report_never_deleted",
    "report_never_replaced",
    "release_only_signed",
)
WORKLIST_TABLES = ("line", "stale", "total", "filter", "words")
NEW_BOOKING_TABLES = (
    *("place", "resource", "visit_type", "absence", "hold", "waiting", "occupancy"),
)
NEW_APPOINTMENT_COLUMNS = (
    *("place_id", "visit_type_id", "resource_ids", "before_minutes", "after_minutes"),
    *("capacity", "series_id", "exception", "cancelled_because"),
)
VERSION_21 = ("DROP TABLE conversation_turn", "DROP TABLE conversation", "DROP TABLE answer_review")
VERSION_20 = (*VERSION_21, "DROP TABLE own_language_model")
VERSION_19 = (*VERSION_20, "DROP TABLE leaflet")
VERSION_18 = (
    *VERSION_19,
    "DROP TABLE notice",
    """CREATE TABLE notice (
        id TEXT NOT NULL, appointment_id TEXT NOT NULL, kind TEXT NOT NULL,
        sequence INTEGER NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL,
        subject TEXT NOT NULL, body TEXT NOT NULL, due_at TEXT NOT NULL, expires_at TEXT NOT NULL,
        state TEXT NOT NULL, attempts INTEGER NOT NULL, next_try_at TEXT, last_error TEXT NOT NULL,
        provider_ref TEXT NOT NULL, invitation TEXT NOT NULL, ahead_minutes INTEGER NOT NULL,
        zone TEXT NOT NULL,
        CONSTRAINT pk_notice PRIMARY KEY (id),
        CONSTRAINT uq_notice_key UNIQUE
            (appointment_id, kind, sequence, channel, recipient, ahead_minutes),
        CONSTRAINT fk_notice_appointment_id FOREIGN KEY(appointment_id)
            REFERENCES appointment (id))""",
    "CREATE INDEX ix_notice_appointment_id ON notice (appointment_id)",
    "CREATE INDEX ix_notice_state ON notice (state)",
)
VERSION_17 = (*VERSION_18, "DROP TABLE prior_comparison")
VERSION_16 = (
    *VERSION_17,
    "DROP INDEX ix_finding_rejected",
    "DROP INDEX ix_finding_outlined",
    *(
        f"ALTER TABLE finding DROP COLUMN {column}"
        for column in ("model", "outlined", "reject_reason")
    ),
)
VERSION_15 = (
    *VERSION_16,
    *(f"DROP TRIGGER {statement.split()[2]}" for statement in READ_TRIGGERS),
    "DROP TABLE read_step",
)
VERSION_14 = (
    *VERSION_15,
    *(f"DROP TRIGGER {statement.split()[2]}" for statement in BOOKING_TRIGGERS),
    *(f"DROP TABLE {table}" for table in NEW_BOOKING_TABLES),
    *(f"ALTER TABLE appointment DROP COLUMN {column}" for column in NEW_APPOINTMENT_COLUMNS),
    *(
        f"ALTER TABLE availability DROP COLUMN {column}"
        for column in ("place_id", "visit_type_ids", "on_holidays")
    ),
    *(
        f"CREATE TRIGGER appointment_overlap_{act} BEFORE DELETE ON appointment"
        " WHEN 0 BEGIN SELECT 1; END"
        for act in ("insert", "update")
    ),
)
VERSION_13 = (
    *VERSION_14,
    "DROP TABLE contact_preference",
    "DROP TABLE notice",
    """CREATE TABLE notice (
        id TEXT NOT NULL, appointment_id TEXT NOT NULL, kind TEXT NOT NULL,
        sequence INTEGER NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL,
        subject TEXT NOT NULL, body TEXT NOT NULL, due_at TEXT NOT NULL, expires_at TEXT NOT NULL,
        state TEXT NOT NULL, attempts INTEGER NOT NULL, next_try_at TEXT, last_error TEXT NOT NULL,
        provider_ref TEXT NOT NULL, invitation TEXT NOT NULL,
        CONSTRAINT pk_notice PRIMARY KEY (id),
        CONSTRAINT fk_notice_appointment_id FOREIGN KEY(appointment_id)
            REFERENCES appointment (id),
        CONSTRAINT uq_notice_appointment_id_kind_sequence_channel
            UNIQUE (appointment_id, kind, sequence, channel))""",
    "CREATE INDEX ix_notice_appointment_id ON notice (appointment_id)",
    "CREATE INDEX ix_notice_state ON notice (state)",
)
VERSION_12 = (
    *VERSION_13,
    *(f"DROP TRIGGER {statement.split()[2]}" for statement in EMERGENCY_TRIGGERS),
)
VERSION_11 = (*VERSION_12, "DROP TABLE macro", "DROP TABLE own_word")
VERSION_10 = (
    *VERSION_11,
    *(f"DROP TRIGGER {statement.split()[2]}" for statement in ACCESS_TRIGGERS),
    "DROP TABLE assignment",
    "DROP TABLE emergency_access",
)
VERSION_9 = (*VERSION_10, "DROP INDEX ix_audit_subject")
VERSION_8 = (
    *VERSION_9,
    *(f"DROP TRIGGER {statement.split()[2]}" for statement in STALE_TRIGGERS),
    *(f"DROP TABLE worklist_{table}" for table in WORKLIST_TABLES),
    "DROP TABLE thumbnail",
)
VERSION_7 = (
    *VERSION_8,
    *(f"DROP TRIGGER {name}" for name in REPORT_TRIGGER_NAMES),
    *(
        f"CREATE TRIGGER {name} BEFORE DELETE ON report_release WHEN 0 BEGIN SELECT 1; END"
        for name in OLD_REPORT_TRIGGERS
    ),
    "DROP TABLE report_withdrawal",
    "DROP TABLE report_handover",
)
VERSION_6 = (*VERSION_7, "DROP TABLE anatomy_run")
VERSION_5 = (*VERSION_6, "DROP TABLE own_model", "ALTER TABLE run DROP COLUMN own_model")
VERSION_4 = (
    *VERSION_5,
    *(f"DROP TRIGGER {name}" for name in FACT_TRIGGER_NAMES),
    *(
        f"DROP TABLE {table}"
        for table in ("run_fact", "finding_fact", "drift_cell", "scanner", "model_release")
    ),
)
VERSION_3 = (*VERSION_4, "ALTER TABLE run DROP COLUMN cautions")
VERSION_2 = (
    *VERSION_3,
    *(f"DROP TABLE {table}" for table in ("annotation", "key_image", "label_stroke", "edit")),
    *(
        f"ALTER TABLE series DROP COLUMN {column}"
        for column in (*SERIES_3, "axis_index", "axis_count")
    ),
)
VERSION_1 = (*VERSION_2, "DROP INDEX ix_patient_mrn", "DROP INDEX ix_audit_patient")
BEFORE = {
    1: VERSION_1,
    2: VERSION_2,
    3: VERSION_3,
    4: VERSION_4,
    5: VERSION_5,
    6: VERSION_6,
    7: VERSION_7,
    8: VERSION_8,
    9: VERSION_9,
    10: VERSION_10,
    11: VERSION_11,
    12: VERSION_12,
    13: VERSION_13,
    14: VERSION_14,
    15: VERSION_15,
    16: VERSION_16,
    17: VERSION_17,
    18: VERSION_18,
    19: VERSION_19,
    20: VERSION_20,
    21: VERSION_21,
}


def shape_of(storage: Storage) -> list[tuple[str, ...]]:
    """Columns of every table, and the text of every index and trigger."""
    with storage._engine.begin() as connection:
        rows = connection.execute(
            text("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
        ).all()
        columns = [
            (row[1], *map(str, column))
            for row in rows
            if row[0] == "table"
            for column in connection.execute(text(f"PRAGMA table_xinfo({row[1]})"))
        ]
        keys = [
            (row[1], *map(str, key))
            for row in rows
            if row[0] == "table"
            for key in connection.execute(text(f"PRAGMA foreign_key_list({row[1]})"))
        ]
        others = [
            tuple(" ".join(str(part).split()) for part in row) for row in rows if row[0] != "table"
        ]
        return [*columns, *keys, *others]


def set_back(storage: Storage, version: int) -> None:
    with storage._engine.begin() as connection:
        for statement in BEFORE.get(version, ()):
            connection.execute(text(statement))
        connection.execute(text("UPDATE schema_version SET version = :v"), {"v": version})


def test_database_of_a_newer_program_is_refused_and_left_alone(storage: Storage) -> None:
    set_back(storage, len(STEPS) + 2)
    database = storage.pixels._folder.parent / "sagittal.db"
    storage.close()
    before = database.read_bytes()
    with pytest.raises(NewerDatabaseError, match="nothing was changed"):
        Storage(database.parent, MASTER_KEY)
    assert database.read_bytes() == before


@pytest.mark.parametrize("version", sorted(BEFORE))
def test_an_older_version_is_brought_to_the_current_one_with_its_data(
    storage: Storage, version: int
) -> None:
    current = shape_of(storage)
    with storage.begin(SYSTEM) as work:
        work.patients.put(PATIENT)
        work.studies.put(STUDY)
        work.series.put(SERIES)
        work.note("patient.added", "p")
    set_back(storage, version)
    assert shape_of(storage) != current
    storage = reopened(storage)
    assert shape_of(storage) == current
    with storage.begin(SYSTEM) as work:
        assert work.patients.get("p") == PATIENT
        assert work.series.get(SERIES.uid) == SERIES
        assert [line.study_uid for line in work.worklist.entries("contrast")] == [STUDY.uid]
        work.audit.verify()
    storage.close()


def test_a_reminder_planned_by_an_older_version_keeps_its_day(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        work.appointments.put(APPOINTMENT)
    set_back(storage, 13)
    told = {
        **{part.name: encode(getattr(NOTICE, part.name)) for part in fields(NOTICE)},
        "kind": "reminder",
    }
    names = [name for name in told if name not in {"ahead_minutes", "zone"}]
    places = ", ".join(f":{name}" for name in names)
    with storage._engine.begin() as connection:
        connection.execute(text(f"INSERT INTO notice ({', '.join(names)}) VALUES ({places})"), told)
    storage = reopened(storage)
    with storage.begin(SYSTEM) as work:
        (kept,) = work.notices.of_appointment(APPOINTMENT.id)
    assert kept == replace(NOTICE, kind=NoticeKind.REMINDER, ahead_minutes=1440)
    storage.close()


def test_a_draft_of_an_older_version_is_called_what_fhir_calls_it(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        work.reports.put(DRAFT)
        work.reports.put(replace(SIGNED, id="other"))
    set_back(storage, 7)
    with storage._engine.begin() as connection:
        old = canonical({**encode(DRAFT), "status": "preliminary"})
        told = {"body": old}
        connection.execute(
            text(
                "UPDATE report_version SET status = 'preliminary', body = :body"
                " WHERE report_id = 'r'"
            ),
            told,
        )
    storage = reopened(storage)
    with storage.begin(SYSTEM) as work:
        assert work.reports.get("r") == DRAFT
        assert work.reports.get("other") == replace(SIGNED, id="other")
        rows = work.audit._connection.execute(text("SELECT report_id, status FROM report_version"))
        assert {row.report_id: row.status for row in rows} == {"r": "partial", "other": "final"}
    storage.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    def add_column(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE patient ADD COLUMN shoe_size INTEGER"))

    def fail(connection: Connection) -> None:
        connection.execute(text("DROP TABLE setting"))
        raise ZeroDivisionError

    engine = open_engine(tmp_path / "x.db", derive(MASTER_KEY, "db"))
    assert migrate(engine, ()) == 0
    with pytest.raises(ZeroDivisionError):
        migrate(engine, (add_column, fail))
    with engine.begin() as connection:
        connection.execute(text("SELECT * FROM setting"))
        with pytest.raises(DBAPIError, match="no such column"):
            connection.execute(text("SELECT shoe_size FROM patient"))
    assert migrate(engine, (add_column,)) == 1
    assert migrate(engine, (add_column,)) == 2
    engine.dispose()
