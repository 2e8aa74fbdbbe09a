"""What booking needs from others."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from scheduling.records import Appointment, Availability, Channel, Notice, Practitioner


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


class NoticeShelf(Protocol):
    """The durable home of notices; a second notice of the same key is ignored."""

    def put(self, notice: Notice) -> None: ...
    def update(self, notice: Notice) -> None: ...
    def get(self, notice_id: str) -> Notice | None: ...
    def due(self, now: datetime) -> tuple[Notice, ...]: ...
    def of_appointment(self, appointment_id: str) -> tuple[Notice, ...]: ...


class MessageTransport(Protocol):
    """Hands one notice over; returns the provider's reference or raises TransportError."""

    channel: Channel

    def send(self, notice: Notice) -> str: ...
