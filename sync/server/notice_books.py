"""The outbox of messages to one clinic's patients, in the server's database.

Implements the ports of ``scheduling.notices``: what is sent, and the fence before it is sent, are
the same code as at a workstation. A transaction holds the clinic's row from its start, so of two
workers one waits and then finds the notice claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from scheduling.records import (
    LONGEST_HELD,
    Appointment,
    Channel,
    ContactPreferences,
    Notice,
    NoticeKind,
    NoticeState,
)
from sync.errors import WireError
from sync.records import Resource
from sync.server import database as db
from sync.server.store import Change, Writer, current_body, lock
from sync.wire.booking import appointment_from_fhir
from sync.wire.datatypes import instant
from sync.wire.people import preferences_from_fhir, with_preferences
from sync.wire.values import canonical, parse

DEVICE = "notices"
"""Whose writes the server's own are in the history."""

_OPEN = (NoticeState.PLANNED.value, NoticeState.SENDING.value)


class ServerBooks:
    """Opens transactions on one clinic's outbox."""

    def __init__(self, database: db.Database, clinic: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clinic = clinic
        self._clock = clock

    @contextmanager
    def begin(self) -> Iterator[ServerLedger]:
        """Commit on success, roll back on any exception; other writers of the clinic wait."""
        with self._database.write() as connection:
            connection.execute(lock(self._clinic))
            yield ServerLedger(connection, self._clinic, self._clock())


class ServerLedger:
    """The shelves of one transaction."""

    def __init__(self, connection: sa.Connection, clinic: str, now: datetime) -> None:
        self.connection = connection
        self.clinic = clinic
        self._now = now
        self.appointments = KeptAppointments(self)
        self.notices = NoticeRows(connection, clinic, self.appointments)
        self.waiting = NobodyWaits()
        self.preferences = KeptPreferences(self)

    def body(self, kind: str, ident: str) -> Resource | None:
        """Return a kept resource as it stands, or None."""
        return current_body(self.connection, self.clinic, kind, ident)

    def write(self, body: Resource) -> None:
        """Write a resource on top of what stands; workstations read it in the history."""
        kind, ident = str(body["resourceType"]), str(body["id"])
        current = self.body(kind, ident)
        base = None if current is None else str(current["meta"]["versionId"])
        plain = {key: value for key, value in body.items() if key != "meta"}
        writer = Writer(self.connection, self.clinic, DEVICE, self._now)
        writer.put(Change(kind, ident, plain, base))


@dataclass(frozen=True)
class KeptAppointments:
    """Appointments as the server keeps them; only workstations write them."""

    ledger: ServerLedger

    def get(self, appointment_id: str) -> Appointment | None:
        """Return the appointment as it stands; None too where it is not of this program."""
        body = self.ledger.body("Appointment", appointment_id)
        try:
            return None if body is None else appointment_from_fhir(body)
        except WireError:
            return None


class NobodyWaits:
    """The waiting list here: it is of the workstations, which tell of its offers themselves."""

    def get(self, _waiting_id: str) -> None:
        """Return None."""


@dataclass(frozen=True)
class KeptPreferences:
    """How patients want to be written to, as their records say."""

    ledger: ServerLedger

    def put(self, preferences: ContactPreferences) -> None:
        """Write them into the patient's record."""
        body = self.ledger.body("Patient", preferences.patient_id)
        if body is not None:
            self.ledger.write(with_preferences(body, preferences))

    def get(self, patient_id: str) -> ContactPreferences | None:
        """Return the preferences; None where the record holds none that can be read."""
        body = self.ledger.body("Patient", patient_id)
        try:
            return None if body is None else preferences_from_fhir(body)
        except WireError:
            return None


class NoticeRows:
    """The notices of a clinic; a second one of the same key is ignored."""

    def __init__(
        self, connection: sa.Connection, clinic: str, appointments: KeptAppointments
    ) -> None:
        self._connection = connection
        self._clinic = clinic
        self._appointments = appointments

    def put(self, notice: Notice) -> None:
        """Keep a notice unless its id, which follows from its key, is there."""
        if self.get(notice.id) is None:
            visit = self._appointments.get(notice.appointment_id)
            patient = visit.patient_id if visit is not None else ""
            row = {**self._row(notice), "told": "", "patient": patient}
            self._connection.execute(db.notice.insert().values(row))

    def update(self, notice: Notice) -> None:
        same = (db.notice.c.clinic == self._clinic, db.notice.c.id == notice.id)
        self._connection.execute(db.notice.update().where(*same).values(self._row(notice)))

    def get(self, notice_id: str) -> Notice | None:
        found = self._many(db.notice.c.id == notice_id)
        return found[0] if found else None

    def due(self, now: datetime) -> tuple[Notice, ...]:
        """Return unfinished notices whose time has come, the longest due first."""
        column = db.notice.c
        return self._many(column.state.in_(_OPEN), column.due_at <= instant(now), self._waited(now))

    def of_appointment(self, appointment_id: str) -> tuple[Notice, ...]:
        return self._many(db.notice.c.appointment == appointment_id)

    def followed(self, since: datetime, now: datetime) -> tuple[Notice, ...]:
        """Return text messages a provider has and may still tell of."""
        column = db.notice.c
        return self._many(
            column.state == NoticeState.ACCEPTED.value,
            column.channel == Channel.SMS.value,
            column.due_at >= instant(since),
            self._waited(now),
        )

    def sent_to(self, recipient: str) -> tuple[Notice, ...]:
        return self._many(db.notice.c.recipient == recipient)

    def take_back_reminders(self, patient_id: str, now: datetime) -> frozenset[str]:
        """Forget a patient's reminders that are not due yet; return of which visits they were."""
        column = db.notice.c
        planned = self._many(
            column.patient == patient_id, column.state == NoticeState.PLANNED.value
        )
        mine = [one for one in planned if one.kind is NoticeKind.REMINDER and one.due_at > now]
        for notice in mine:
            same = (column.clinic == self._clinic, column.id == notice.id)
            self._connection.execute(db.notice.delete().where(*same))
        return frozenset(one.appointment_id for one in mine)

    def untold(self) -> tuple[Notice, ...]:
        """Return what has come to a state that workstations have not been told of."""
        column = db.notice.c
        return self._many(column.state.not_in(_OPEN), column.told != column.state)

    def tell(self, notice: Notice) -> None:
        """Remember that workstations can read this state."""
        same = (db.notice.c.clinic == self._clinic, db.notice.c.id == notice.id)
        self._connection.execute(db.notice.update().where(*same).values(told=notice.state.value))

    def _waited(self, now: datetime) -> sa.ColumnElement[bool]:
        column = db.notice.c.next_try_at
        never = instant(now + LONGEST_HELD)
        return sa.or_(column == "", column <= instant(now), column > never)

    def _many(self, *where: sa.ColumnElement[bool]) -> tuple[Notice, ...]:
        column = db.notice.c
        query = sa.select(column.body).where(column.clinic == self._clinic, *where)
        rows = self._connection.execute(query.order_by(column.due_at, column.id))
        return tuple(parse(Notice, text) for text in rows.scalars())

    def _row(self, notice: Notice) -> dict[str, Any]:
        return {
            "clinic": self._clinic,
            "id": notice.id,
            "appointment": notice.appointment_id,
            "channel": notice.channel.value,
            "recipient": notice.recipient,
            "state": notice.state.value,
            "due_at": instant(notice.due_at),
            "next_try_at": "" if notice.next_try_at is None else instant(notice.next_try_at),
            "body": canonical(notice).decode(),
        }
