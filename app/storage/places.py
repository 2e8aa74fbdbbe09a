"""Shelves of places, resources, visit types, absences, holds, the waiting list, what is held."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, select

from app.storage import booking_tables as tables
from app.storage.codec import instant
from app.storage.record_table import RecordTable
from scheduling.places import (
    Absence,
    Busy,
    Hold,
    Place,
    Resource,
    VisitType,
    Waiting,
    WaitingStatus,
)
from scheduling.rules.spans import to_us

R = TypeVar("R")


class _Shelf(Generic[R]):
    """Records of one kind by id."""

    def __init__(self, connection: Connection, table: Table, kind: type[R]) -> None:
        self._table = table
        self._rows = RecordTable(connection, table, kind)

    def put(self, record: R) -> None:
        """Keep the record, in place of one of the same id."""
        self._rows.put(record)

    def get(self, record_id: str) -> R | None:
        return self._rows.one(self._table.c.id == record_id)

    def remove(self, record_id: str) -> None:
        self._rows.execute(self._table.delete().where(self._table.c.id == record_id))


class _NamedShelf(_Shelf[R]):
    def all(self) -> tuple[R, ...]:
        """Return every record, by name."""
        column = self._table.c
        return self._rows.many(order=(column.name, column.id))


class PlaceShelf(_NamedShelf[Place]):
    """The durable home of places."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, tables.place, Place)


class ResourceShelf(_NamedShelf[Resource]):
    """The durable home of scanners and rooms."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, tables.resource, Resource)


class VisitTypeShelf(_NamedShelf[VisitType]):
    """The durable home of visit types."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, tables.visit_type, VisitType)


class AbsenceShelf(_Shelf[Absence]):
    """The durable home of leave, closed days and maintenance."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, tables.absence, Absence)

    def all(self) -> tuple[Absence, ...]:
        """Return every absence, the first one first."""
        column = self._table.c
        return self._rows.many(order=(column.first_day, column.id))


class HoldShelf(_Shelf[Hold]):
    """The durable home of slots kept for somebody."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, tables.hold, Hold)

    def standing(self, now: datetime) -> tuple[Hold, ...]:
        """Return the holds that have not run out, by time."""
        column = self._table.c
        return self._rows.many(column.expires_at > instant(now), order=(column.starts, column.id))

    def drop_expired(self, now: datetime) -> None:
        """Forget the holds that have run out."""
        self._rows.execute(self._table.delete().where(self._table.c.expires_at <= instant(now)))


class WaitingShelf(_Shelf[Waiting]):
    """The durable home of the waiting list."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, tables.waiting, Waiting)

    def open(self) -> tuple[Waiting, ...]:
        """Return who waits or has an offer, the longest waiting first."""
        column = self._table.c
        wanted = (WaitingStatus.WAITING.value, WaitingStatus.OFFERED.value)
        return self._rows.many(column.status.in_(wanted), order=(column.created_at, column.id))


class OccupancyShelf:
    """What appointments hold; rows are made by the database itself (app.storage.booking_tables)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def between(self, starts: datetime, ends: datetime) -> tuple[Busy, ...]:
        """Return what is held at some time within [starts, ends)."""
        column = tables.occupancy.c
        return self._rows(column.starts_us < to_us(ends), column.ends_us > to_us(starts))

    def _rows(self, *where: ColumnElement[bool]) -> tuple[Busy, ...]:
        column = tables.occupancy.c
        names = (column.subject_id, column.starts_us, column.ends_us, column.capacity)
        wanted = select(*names, column.share, column.appointment_id).where(*where)
        return tuple(Busy(*row) for row in self._connection.execute(wanted))


class SiteShelves:
    """The shelves of where, with what and for whom visits happen, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.places = PlaceShelf(connection)
        self.resources = ResourceShelf(connection)
        self.visit_types = VisitTypeShelf(connection)
        self.absences = AbsenceShelf(connection)
        self.holds = HoldShelf(connection)
        self.waiting = WaitingShelf(connection)
        self.occupancy = OccupancyShelf(connection)
