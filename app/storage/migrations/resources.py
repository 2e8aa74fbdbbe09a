"""Places, resources, visit types, absences, holds, the waiting list, and what is held when."""

from __future__ import annotations

from sqlalchemy import Connection

from app.storage.booking_tables import BOOKING_TRIGGERS

_COLUMNS = (
    "availability ADD COLUMN place_id TEXT DEFAULT '' NOT NULL",
    "availability ADD COLUMN visit_type_ids TEXT DEFAULT '[]' NOT NULL",
    "availability ADD COLUMN on_holidays INTEGER DEFAULT 0 NOT NULL",
    "appointment ADD COLUMN place_id TEXT DEFAULT '' NOT NULL",
    "appointment ADD COLUMN visit_type_id TEXT DEFAULT '' NOT NULL",
    "appointment ADD COLUMN resource_ids TEXT DEFAULT '[]' NOT NULL",
    "appointment ADD COLUMN before_minutes INTEGER DEFAULT 0 NOT NULL",
    "appointment ADD COLUMN after_minutes INTEGER DEFAULT 0 NOT NULL",
    "appointment ADD COLUMN capacity INTEGER DEFAULT 1 NOT NULL",
    "appointment ADD COLUMN series_id TEXT DEFAULT '' NOT NULL",
    "appointment ADD COLUMN exception TEXT DEFAULT '' NOT NULL",
    "appointment ADD COLUMN cancelled_because TEXT DEFAULT '' NOT NULL",
)
_TABLES = (
    """CREATE TABLE place (
        id TEXT NOT NULL, name TEXT NOT NULL, zone TEXT NOT NULL, country TEXT NOT NULL,
        region TEXT NOT NULL, active BOOLEAN NOT NULL, CONSTRAINT pk_place PRIMARY KEY (id))""",
    """CREATE TABLE resource (
        id TEXT NOT NULL, place_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
        capacity INTEGER NOT NULL, active BOOLEAN NOT NULL,
        CONSTRAINT pk_resource PRIMARY KEY (id))""",
    """CREATE TABLE visit_type (
        id TEXT NOT NULL, name TEXT NOT NULL, minutes INTEGER NOT NULL,
        before_minutes INTEGER NOT NULL, after_minutes INTEGER NOT NULL, capacity INTEGER NOT NULL,
        lead_minutes INTEGER NOT NULL, horizon_days INTEGER NOT NULL,
        notice_minutes INTEGER NOT NULL, needs TEXT NOT NULL, self_bookable BOOLEAN NOT NULL,
        active BOOLEAN NOT NULL, CONSTRAINT pk_visit_type PRIMARY KEY (id))""",
    """CREATE TABLE absence (
        id TEXT NOT NULL, subject_id TEXT NOT NULL, first_day TEXT NOT NULL,
        last_day TEXT NOT NULL, starts TEXT, ends TEXT, reason TEXT NOT NULL,
        CONSTRAINT pk_absence PRIMARY KEY (id))""",
    "CREATE INDEX ix_absence_subject_id ON absence (subject_id)",
    """CREATE TABLE hold (
        id TEXT NOT NULL, account_id TEXT NOT NULL, practitioner_id TEXT NOT NULL,
        starts TEXT NOT NULL, ends TEXT NOT NULL, expires_at TEXT NOT NULL, place_id TEXT NOT NULL,
        visit_type_id TEXT NOT NULL, resource_ids TEXT NOT NULL, patient_id TEXT NOT NULL,
        CONSTRAINT pk_hold PRIMARY KEY (id))""",
    """CREATE TABLE waiting (
        id TEXT NOT NULL, patient_id TEXT NOT NULL, first_day TEXT NOT NULL,
        last_day TEXT NOT NULL, created_at TEXT NOT NULL, practitioner_id TEXT NOT NULL,
        place_id TEXT NOT NULL, visit_type_id TEXT NOT NULL, instead_of TEXT NOT NULL,
        status TEXT NOT NULL, hold_id TEXT NOT NULL, declined TEXT NOT NULL,
        CONSTRAINT pk_waiting PRIMARY KEY (id))""",
    "CREATE INDEX ix_waiting_status ON waiting (status)",
    """CREATE TABLE occupancy (
        appointment_id TEXT NOT NULL, subject_id TEXT NOT NULL, starts_us INTEGER NOT NULL,
        ends_us INTEGER NOT NULL, capacity INTEGER NOT NULL, share TEXT NOT NULL,
        overbooked BOOLEAN NOT NULL,
        CONSTRAINT pk_occupancy PRIMARY KEY (appointment_id, subject_id))""",
    "CREATE INDEX ix_occupancy_subject_id_starts_us ON occupancy (subject_id, starts_us)",
)
_US = "(CAST(strftime('%s', substr({0}, 1, 19)) AS INTEGER) * 1000000 + substr({0}, 21, 6))"
_FILL = f"""INSERT INTO occupancy
    SELECT id, practitioner_id, {_US.format("starts")}, {_US.format("ends")}, 1, '', 0
    FROM appointment WHERE status IN ('pending', 'booked', 'arrived')"""  # noqa: S608 - fixed


def resources(connection: Connection) -> None:
    """Appointments that are there already hold their practitioner and nothing else."""
    for name in ("insert", "update"):
        connection.exec_driver_sql(f"DROP TRIGGER appointment_overlap_{name}")
    for column in _COLUMNS:
        connection.exec_driver_sql(f"ALTER TABLE {column}")
    for statement in (*_TABLES, _FILL, *BOOKING_TRIGGERS):
        connection.exec_driver_sql(statement)
