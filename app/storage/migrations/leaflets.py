"""The clinic's leaflets, as the pieces that may be quoted."""

from __future__ import annotations

from sqlalchemy import Connection


def leaflets(connection: Connection) -> None:
    """Texts an administrator puts beside the shipped passages."""
    connection.exec_driver_sql(
        """CREATE TABLE leaflet (
            id TEXT NOT NULL, title TEXT NOT NULL, language TEXT NOT NULL, file_name TEXT NOT NULL,
            sha256 TEXT NOT NULL, pages INTEGER NOT NULL, extracts TEXT NOT NULL,
            added_at TEXT NOT NULL, added_by TEXT NOT NULL, added_by_name TEXT NOT NULL,
            points TEXT NOT NULL,
            CONSTRAINT pk_leaflet PRIMARY KEY (id))"""
    )
