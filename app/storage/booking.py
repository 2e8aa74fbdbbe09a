"""Shelves of practitioners, availabilities, appointments and notices (scheduling.ports)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, or_, select

from app.storage import schema
from app.storage.codec import instant
from app.storage.record_table import RecordTable
from scheduling.records import (
    LONGEST_HELD,
    Appointment,
    Availability,
    Channel,
    ContactPreferences,
    Notice,
    NoticeKind,
    NoticeState,
    Practitioner,
)

_UNFINISHED = (NoticeState.PLANNED.value, NoticeState.SENDING.value)

_NOT_ARRIVED = (NoticeState.FAILED.value, NoticeState.UNDELIVERED.value, NoticeState.EXPIRED.value)


_OFFER = NoticeKind.OFFER.value
"""An offer that was not sent had been answered by then."""


class PractitionerShelf:
    """The durable home of practitioners."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.practitioner, Practitioner)

    def put(self, practitioner: Practitioner) -> None:
        self._rows.put(practitioner)

    def get(self, practitioner_id: str) -> Practitioner | None:
        return self._rows.one(schema.practitioner.c.id == practitioner_id)

    def all(self) -> tuple[Practitioner, ...]:
        """Return everyone, by name."""
        column = schema.practitioner.c
        return self._rows.many(order=(column.name, column.id))


class AvailabilityShelf:
    """The durable home of availabilities."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.availability, Availability)

    def put(self, availability: Availability) -> None:
        self._rows.put(availability)

    def remove(self, availability_id: str) -> None:
        table = schema.availability
        self._rows.execute(table.delete().where(table.c.id == availability_id))

    def all(self) -> tuple[Availability, ...]:
        """Return everybody's working times."""
        return self._rows.many(order=(schema.availability.c.id,))

    def of_practitioner(self, practitioner_id: str) -> tuple[Availability, ...]:
        """Return the practitioner's working times through the week."""
        column = schema.availability.c
        week = (column.weekday, column.starts, column.id)
        return self._rows.many(column.practitioner_id == practitioner_id, order=week)


class AppointmentShelf:
    """The durable home of appointments; ``put`` raises SlotTakenError on an overlap."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.appointment, Appointment)

    def put(self, appointment: Appointment) -> None:
        self._rows.put(appointment)

    def get(self, appointment_id: str) -> Appointment | None:
        return self._rows.one(schema.appointment.c.id == appointment_id)

    def of_patient(self, patient_id: str) -> tuple[Appointment, ...]:
        """Return the patient's appointments by time, whatever their status."""
        column = schema.appointment.c
        return self._rows.many(column.patient_id == patient_id, order=(column.starts, column.id))

    def of_series(self, series_id: str) -> tuple[Appointment, ...]:
        """Return the appointments of a series by time, whatever their status."""
        column = schema.appointment.c
        return self._rows.many(column.series_id == series_id, order=(column.starts, column.id))

    def between(
        self, starts: datetime, ends: datetime, practitioner_id: str = ""
    ) -> tuple[Appointment, ...]:
        """Return appointments that overlap [starts, ends), whatever their status, by time."""
        column = schema.appointment.c
        where = [column.starts < instant(ends), column.ends > instant(starts)]
        if practitioner_id:
            where.append(column.practitioner_id == practitioner_id)
        return self._rows.many(*where, order=(column.starts, column.id))


class NoticeShelf:
    """The durable home of notices; a second one of the same key is ignored."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.notice, Notice)

    def put(self, notice: Notice) -> None:
        self._rows.add_once(notice)

    def remove(self, notice_id: str) -> None:
        """Forget a notice that nobody has tried to send."""
        self._rows.execute(schema.notice.delete().where(schema.notice.c.id == notice_id))

    def update(self, notice: Notice) -> None:
        self._rows.replace(notice, schema.notice.c.id == notice.id)

    def get(self, notice_id: str) -> Notice | None:
        return self._rows.one(schema.notice.c.id == notice_id)

    def due(self, now: datetime) -> tuple[Notice, ...]:
        """Return unfinished notices whose time has come, expired ones among them.

        One in state SENDING was handed over by a program that died before it knew the answer.
        """
        column = schema.notice.c
        at = instant(now)
        return self._rows.many(
            column.state.in_(_UNFINISHED),
            column.due_at <= at,
            or_(
                column.next_try_at.is_(None),
                column.next_try_at <= at,
                column.next_try_at > instant(now + LONGEST_HELD),
            ),
            order=(column.due_at, column.id),
        )

    def of_appointment(self, appointment_id: str) -> tuple[Notice, ...]:
        """Return the appointment's notices, the first due one first."""
        column = schema.notice.c
        return self._rows.many(
            column.appointment_id == appointment_id, order=(column.due_at, column.id)
        )

    def troubled(self, starts: datetime, ends: datetime) -> frozenset[str]:
        """Return the appointments within [starts, ends) of which some message did not arrive."""
        notice, visit = schema.notice.c, schema.appointment.c
        wanted = (
            select(notice.appointment_id)
            .join(schema.appointment, visit.id == notice.appointment_id)
            .where(
                visit.starts < instant(ends),
                visit.ends > instant(starts),
                notice.state.in_(_NOT_ARRIVED),
                or_(notice.kind != _OFFER, notice.state != NoticeState.EXPIRED.value),
            )
        )
        return frozenset(self._rows.connection.scalars(wanted))

    def followed(self, since: datetime, now: datetime) -> tuple[Notice, ...]:
        """Return text messages a provider has and may still tell of, due since then."""
        column = schema.notice.c
        return self._rows.many(
            column.state == NoticeState.ACCEPTED.value,
            column.channel == Channel.SMS.value,
            column.provider_ref != "",  # else the central server sent it and asks
            column.due_at >= instant(since),
            or_(column.next_try_at.is_(None), column.next_try_at <= instant(now)),
            order=(column.due_at, column.id),
        )

    def sent_to(self, recipient: str) -> tuple[Notice, ...]:
        """Return what was or will be sent to that address."""
        column = schema.notice.c
        return self._rows.many(column.recipient == recipient, order=(column.due_at, column.id))


class PreferenceShelf:
    """The durable home of how patients want to be written to."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.contact_preference, ContactPreferences)

    def put(self, preferences: ContactPreferences) -> None:
        self._rows.put(preferences)

    def get(self, patient_id: str) -> ContactPreferences | None:
        return self._rows.one(schema.contact_preference.c.patient_id == patient_id)
