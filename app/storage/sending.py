"""Shelves of envelopes, server versions and conflicts (sync.ports)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, exists, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from app.storage import schema
from app.storage.codec import instant
from app.storage.record_table import RecordTable
from sync.records import LONGEST_PAUSE, Conflict, Envelope, EnvelopeState, Peer

_DUE = EnvelopeState.DUE.value


class EnvelopeShelf:
    """The durable home of envelopes; ``put`` numbers them in the order of the acts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = RecordTable(connection, schema.envelope, Envelope)

    def put(self, envelope: Envelope) -> None:
        self._rows.add(replace(envelope, seq=self._next()))

    def put_behind(self, envelope: Envelope) -> None:
        """Have a kept envelope wait for all the others."""
        self.update(replace(envelope, seq=self._next()))

    def _next(self) -> int:
        last = self._connection.scalar(select(func.coalesce(func.max(schema.envelope.c.seq), 0)))
        return int(last or 0) + 1

    def update(self, envelope: Envelope) -> None:
        self._rows.replace(envelope, schema.envelope.c.id == envelope.id)

    def get(self, envelope_id: str) -> Envelope | None:
        return self._rows.one(schema.envelope.c.id == envelope_id)

    def due(self, now: datetime, limit: int = 50) -> tuple[Envelope, ...]:
        """Return envelopes whose time has come and that are the first of their resource, by seq.

        So a long queue behind one envelope that backs off holds no other resource up.
        """
        column, at = schema.envelope.c, instant(now)
        never = instant(now + LONGEST_PAUSE)
        earlier = schema.envelope.alias("earlier")
        blocked = exists().where(
            earlier.c.resource_type == column.resource_type,
            earlier.c.resource_id == column.resource_id,
            earlier.c.state == _DUE,
            earlier.c.seq < column.seq,
        )
        return self._rows.many(
            column.state == _DUE,
            ~blocked,
            or_(
                column.next_try_at.is_(None),
                column.next_try_at <= at,
                column.next_try_at > never,
            ),
            order=(column.seq,),
            limit=limit,
        )

    def waiting_for(self, resource_type: str, resource_id: str) -> tuple[Envelope, ...]:
        """Return what is still due for one resource, in order."""
        column = schema.envelope.c
        return self._rows.many(
            column.resource_type == resource_type,
            column.resource_id == resource_id,
            column.state == _DUE,
            order=(column.seq,),
        )

    def waiting_of(self, resource_type: str) -> tuple[Envelope, ...]:
        """Return what is still due of a type, in order."""
        column = schema.envelope.c
        return self._rows.many(
            column.resource_type == resource_type, column.state == _DUE, order=(column.seq,)
        )

    def first_due(self, resource_type: str) -> Envelope | None:
        """Return the first that is still due of a type, whether its time has come or not."""
        column = schema.envelope.c
        found = self._rows.many(
            column.resource_type == resource_type,
            column.state == _DUE,
            order=(column.seq,),
            limit=1,
        )
        return found[0] if found else None

    def last_of(self, resource_type: str, resource_id: str) -> Envelope | None:
        """Return the newest envelope of a resource, whatever became of it."""
        column = schema.envelope.c
        found = self._rows.many(
            column.resource_type == resource_type,
            column.resource_id == resource_id,
            order=(column.seq.desc(),),
            limit=1,
        )
        return found[0] if found else None

    def count_due(self) -> int:
        """Return how many envelopes wait to be sent, whether their time has come or not."""
        waiting = select(func.count()).where(schema.envelope.c.state == _DUE)
        return int(self._connection.scalar(waiting) or 0)


class ReplicaShelf:
    """The server version each resource was last seen at, and the state of the peer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._peers = RecordTable(connection, schema.peer, Peer)

    def version(self, resource_type: str, resource_id: str) -> str:
        """Return the version last seen, or an empty text."""
        column = schema.replica.c
        seen = select(column.version).where(
            column.resource_type == resource_type, column.resource_id == resource_id
        )
        return self._connection.scalar(seen) or ""

    def all(self) -> tuple[tuple[str, str, str], ...]:
        """Return type, id and version of every resource the server was known to hold."""
        column = schema.replica.c
        seen = select(column.resource_type, column.resource_id, column.version).where(
            column.version != ""
        )
        rows = self._connection.execute(seen.order_by(column.resource_type, column.resource_id))
        return tuple((row[0], row[1], row[2]) for row in rows)

    def set_version(self, resource_type: str, resource_id: str, version: str) -> None:
        fresh = insert(schema.replica).values(
            resource_type=resource_type, resource_id=resource_id, version=version
        )
        keys = ["resource_type", "resource_id"]
        self._connection.execute(
            fresh.on_conflict_do_update(index_elements=keys, set_={"version": version})
        )

    def peer(self) -> Peer | None:
        """Return the server as known here, or None if none is configured."""
        return self._peers.one(schema.peer.c.only == 1)

    def set_peer(self, peer: Peer) -> None:
        self._peers.put(peer, only=1)


class ConflictShelf:
    """The durable home of conflicts."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.conflict, Conflict)

    def put(self, conflict: Conflict) -> None:
        self._rows.put(conflict)

    def settle(self, conflict_id: str) -> None:
        """Say that somebody has dealt with it."""
        table = schema.conflict
        self._rows.execute(table.update().where(table.c.id == conflict_id).values(settled=True))

    def open(self) -> tuple[Conflict, ...]:
        """Return what nobody has dealt with yet, oldest first."""
        column = schema.conflict.c
        return self._rows.many(column.settled.is_(False), order=(column.at, column.id))
