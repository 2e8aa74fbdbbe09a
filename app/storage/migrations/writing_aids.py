"""Texts under abbreviations and own words of the spelling, each person's own."""

from __future__ import annotations

from sqlalchemy import Connection

_TABLES = (
    """CREATE TABLE macro (
        account_id TEXT NOT NULL, abbreviation TEXT NOT NULL, text TEXT NOT NULL,
        CONSTRAINT pk_macro PRIMARY KEY (account_id, abbreviation))""",
    """CREATE TABLE own_word (
        account_id TEXT NOT NULL, word TEXT NOT NULL,
        CONSTRAINT pk_own_word PRIMARY KEY (account_id, word))""",
)


def writing_aids(connection: Connection) -> None:
    """What a person keeps for writing."""
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
