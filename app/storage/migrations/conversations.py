"""Conversations with the assistant, and reviews of its answers."""

from __future__ import annotations

from sqlalchemy import Connection

_TABLES = (
    """CREATE TABLE conversation (
        id TEXT NOT NULL, patient_id TEXT NOT NULL, account_id TEXT NOT NULL,
        started_at TEXT NOT NULL, updated_at TEXT NOT NULL, language TEXT NOT NULL,
        report_id TEXT NOT NULL,
        CONSTRAINT pk_conversation PRIMARY KEY (id),
        CONSTRAINT fk_conversation_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id))""",
    "CREATE INDEX ix_conversation_patient_id ON conversation (patient_id)",
    """CREATE TABLE conversation_turn (
        conversation_id TEXT NOT NULL, position INTEGER NOT NULL, key_id TEXT NOT NULL,
        sealed BLOB NOT NULL,
        CONSTRAINT pk_conversation_turn PRIMARY KEY (conversation_id, position),
        CONSTRAINT fk_conversation_turn_conversation_id FOREIGN KEY(conversation_id)
            REFERENCES conversation (id))""",
    """CREATE TABLE answer_review (
        id TEXT NOT NULL, patient_id TEXT NOT NULL, filed_by TEXT NOT NULL,
        filed_at TEXT NOT NULL, fault TEXT NOT NULL, key_id TEXT NOT NULL, sealed BLOB NOT NULL,
        answered_by TEXT NOT NULL, answered_at TEXT, outcome TEXT NOT NULL,
        CONSTRAINT pk_answer_review PRIMARY KEY (id))""",
    "CREATE INDEX ix_answer_review_patient_id ON answer_review (patient_id)",
)


def conversations(connection: Connection) -> None:
    """What patients and the assistant have said to each other, sealed under the patient's key."""
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
