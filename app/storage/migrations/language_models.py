"""The clinic's own language models."""

from __future__ import annotations

from sqlalchemy import Connection


def language_models(connection: Connection) -> None:
    """Models an administrator adds beside the shipped one, and what they showed here."""
    connection.exec_driver_sql(
        """CREATE TABLE own_language_model (
            id TEXT NOT NULL, offered TEXT NOT NULL, licence TEXT NOT NULL,
            chat_format TEXT NOT NULL, sha256 TEXT NOT NULL, file TEXT NOT NULL,
            status TEXT NOT NULL, added_at TEXT NOT NULL, added_by TEXT NOT NULL,
            decided_by TEXT NOT NULL, decided_at TEXT, speed TEXT, trial TEXT,
            allow_wording BOOLEAN NOT NULL, in_use BOOLEAN NOT NULL,
            CONSTRAINT pk_own_language_model PRIMARY KEY (id))"""
    )
