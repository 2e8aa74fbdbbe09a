"""Several reminders for one appointment, and how patients want to be written to."""

from __future__ import annotations

from sqlalchemy import Connection

_OLD = (
    "id, appointment_id, kind, sequence, channel, recipient, subject, body, due_at, expires_at,"
    " state, attempts, next_try_at, last_error, provider_ref, invitation"
)
_STATEMENTS = (
    "ALTER TABLE notice RENAME TO notice_before",
    "DROP INDEX ix_notice_appointment_id",
    "DROP INDEX ix_notice_state",
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
    f"INSERT INTO notice ({_OLD}, ahead_minutes, zone) SELECT {_OLD},"  # noqa: S608 - constants
    " CASE kind WHEN 'reminder' THEN 1440 ELSE 0 END, '' FROM notice_before",
    "DROP TABLE notice_before",
    "CREATE INDEX ix_notice_appointment_id ON notice (appointment_id)",
    "CREATE INDEX ix_notice_state ON notice (state)",
    """CREATE TABLE contact_preference (
        patient_id TEXT NOT NULL, zone TEXT NOT NULL, answers TEXT NOT NULL,
        CONSTRAINT pk_contact_preference PRIMARY KEY (patient_id))""",
)


_OF_OFFERS = (
    "ALTER TABLE notice RENAME TO notice_before",
    "DROP INDEX ix_notice_appointment_id",
    "DROP INDEX ix_notice_state",
    """CREATE TABLE notice (
        id TEXT NOT NULL, appointment_id TEXT NOT NULL, kind TEXT NOT NULL,
        sequence INTEGER NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL,
        subject TEXT NOT NULL, body TEXT NOT NULL, due_at TEXT NOT NULL, expires_at TEXT NOT NULL,
        state TEXT NOT NULL, attempts INTEGER NOT NULL, next_try_at TEXT, last_error TEXT NOT NULL,
        provider_ref TEXT NOT NULL, invitation TEXT NOT NULL, ahead_minutes INTEGER NOT NULL,
        zone TEXT NOT NULL,
        CONSTRAINT pk_notice PRIMARY KEY (id),
        CONSTRAINT uq_notice_key UNIQUE
            (appointment_id, kind, sequence, channel, recipient, ahead_minutes))""",
    f"INSERT INTO notice ({_OLD}, ahead_minutes, zone)"  # noqa: S608 - constants
    f" SELECT {_OLD}, ahead_minutes, zone FROM notice_before",
    "DROP TABLE notice_before",
    "CREATE INDEX ix_notice_appointment_id ON notice (appointment_id)",
    "CREATE INDEX ix_notice_state ON notice (state)",
)


def notices_of_offers(connection: Connection) -> None:
    """Version 19: a notice may be about an offer, whose appointment is not there yet."""
    for statement in _OF_OFFERS:
        connection.exec_driver_sql(statement)


def notices(connection: Connection) -> None:
    """Reminders planned before keep their 24 hours."""
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)
