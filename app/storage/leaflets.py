"""The shelf of the clinic's leaflets: their text lies in the encrypted database, nowhere else."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from app.storage import schema
from app.storage.record_table import RecordTable
from assistant.records import Leaflet


class LeafletShelf:
    """The durable home of leaflets; one that is removed is gone."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.leaflet, Leaflet)

    def put(self, leaflet: Leaflet) -> None:
        self._rows.put(leaflet)

    def get(self, leaflet_id: str) -> Leaflet | None:
        return self._rows.one(schema.leaflet.c.id == leaflet_id)

    def all(self) -> tuple[Leaflet, ...]:
        """Return every leaflet, the newest first."""
        column = schema.leaflet.c
        return self._rows.many(order=(column.added_at.desc(), column.id))

    def ids(self) -> tuple[str, ...]:
        """Return the ids of every leaflet, in the order of ``all``."""
        column = schema.leaflet.c
        query = select(column.id).order_by(column.added_at.desc(), column.id)
        return tuple(self._rows.connection.execute(query).scalars())

    def remove(self, leaflet_id: str) -> None:
        """Forget one and its text."""
        self._rows.execute(delete(schema.leaflet).where(schema.leaflet.c.id == leaflet_id))
