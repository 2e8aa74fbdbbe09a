"""What booking needs from others."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, runtime_checkable

from scheduling.places import Waiting
from scheduling.records import (
    Appointment,
    Availability,
    Channel,
    ContactPreferences,
    Notice,
    Practitioner,
    Reply,
)


class PractitionerShelf(Protocol):
    """The durable home of practitioners."""

    def put(self, practitioner: Practitioner) -> None: ...
    def get(self, practitioner_id: str) -> Practitioner | None: ...
    def all(self) -> tuple[Practitioner, ...]: ...


class AvailabilityShelf(Protocol):
    """The durable home of availabilities."""

    def put(self, availability: Availability) -> None: ...
    def remove(self, availability_id: str) -> None: ...
    def of_practitioner(self, practitioner_id: str) -> tuple[Availability, ...]: ...


class AppointmentShelf(Protocol):
    """The durable home of appointments.

    ``put`` raises SlotTakenError when an occupying appointment of the same practitioner
    overlaps: the database itself refuses, whatever the caller checked before.
    """

    def put(self, appointment: Appointment) -> None: ...
    def get(self, appointment_id: str) -> Appointment | None: ...
    def of_patient(self, patient_id: str) -> tuple[Appointment, ...]: ...
    def between(
        self, starts: datetime, ends: datetime, practitioner_id: str = ""
    ) -> tuple[Appointment, ...]: ...


class AppointmentReader(Protocol):
    """Appointments, as far as a message about one needs them."""

    def get(self, appointment_id: str) -> Appointment | None: ...


class WaitingReader(Protocol):
    """Wishes on the waiting list, as far as a message about an offer needs them."""

    def get(self, waiting_id: str) -> Waiting | None: ...


class NoticeShelf(Protocol):
    """The durable home of notices; a second notice of the same key is ignored.

    The key is (appointment_id, kind, sequence, channel, recipient, ahead_minutes).
    """

    def put(self, notice: Notice) -> None: ...
    def update(self, notice: Notice) -> None: ...
    def get(self, notice_id: str) -> Notice | None: ...

    def due(self, now: datetime) -> tuple[Notice, ...]:
        """Every notice that wants attention, the longest due first (by due_at, then id).

        Exactly those with ``state in (PLANNED, SENDING)`` and ``due_at <= now`` and
        (``next_try_at`` is None, not after ``now``, or more than ``LONGEST_HELD`` after it: then
        the clock was set back meanwhile). For a planned notice next_try_at
        is the next try; for one in SENDING it is the end of the lease its sender took, so a
        SENDING notice returned here was left behind by a sender that died.
        Expired ones are returned too: the turn marks them.
        """
        ...

    def of_appointment(self, appointment_id: str) -> tuple[Notice, ...]: ...

    def followed(self, since: datetime, now: datetime) -> tuple[Notice, ...]:
        """Text messages in state ACCEPTED, due since then, whose ``next_try_at`` is not ahead."""
        ...

    def sent_to(self, recipient: str) -> tuple[Notice, ...]: ...


class PreferenceShelf(Protocol):
    """The durable home of how patients want to be written to."""

    def put(self, preferences: ContactPreferences) -> None: ...
    def get(self, patient_id: str) -> ContactPreferences | None: ...


class NoticeLedger(Protocol):
    """The shelves of one open transaction, as far as notices need them."""

    @property
    def notices(self) -> NoticeShelf: ...
    @property
    def appointments(self) -> AppointmentReader: ...
    @property
    def waiting(self) -> WaitingReader: ...
    @property
    def preferences(self) -> PreferenceShelf: ...


class NoticeBooks(Protocol):
    """Opens transactions for the notice outbox.

    ``begin`` commits when its block ends, rolls back on any exception, and keeps other
    writers out between a read and the write that follows it (BEGIN IMMEDIATE in SQLite).
    """

    def begin(self) -> AbstractContextManager[NoticeLedger]: ...


class MessageTransport(Protocol):
    """Hands one notice over; returns the provider's reference or raises TransportError."""

    @property
    def channel(self) -> Channel: ...
    def send(self, notice: Notice) -> str: ...


@runtime_checkable
class DeliveryWatch(Protocol):
    """A transport that can be asked later: did it arrive, or None while nobody knows."""

    def outcome(self, notice: Notice) -> bool | None: ...


@runtime_checkable
class ReplyBox(Protocol):
    """A transport that receives as well; replies come oldest first. Raises TransportError."""

    def replies(self, since: datetime) -> tuple[Reply, ...]: ...
