"""A desk for conversations: doctors, free hours and own visits, and what was asked of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from assistant.wishes import VisitKind
from scheduling.records import Appointment, AppointmentStatus, Practitioner, Slot

KELLER = Practitioner("d1", "Dr. Martina Keller", "Neurosurgery", "UTC")
HADDAD = Practitioner("d2", "Amina Haddad", "Neurologie", "UTC")
WINTER = Practitioner("d3", "Dr. Paul Winter", "Radiology", "UTC")
FIRST_DAY = datetime(2026, 3, 18, tzinfo=UTC)


def visit(name: str, day: int, hour: int, practitioner: Practitioner = KELLER) -> Appointment:
    """A booked visit of March 2026, half an hour long."""
    starts = datetime(2026, 3, day, hour, tzinfo=UTC)
    return Appointment(
        name,
        "p1",
        practitioner.id,
        starts,
        starts + timedelta(minutes=30),
        AppointmentStatus.BOOKED,
        "p1",
        FIRST_DAY,
    )


class Desk:
    """Slots every hour from eight to sixteen UTC, Monday to Friday, of each doctor in turn."""

    def __init__(
        self,
        *visits: Appointment,
        people: tuple[Practitioner, ...] = (KELLER, HADDAD, WINTER),
        free: bool = True,
        kinds: tuple[VisitKind, ...] = (),
    ) -> None:
        self._kinds = kinds
        self.asked: list[frozenset[str]] = []
        self._visits = visits
        self._people = people
        self._free = free

    def practitioners(self) -> tuple[Practitioner, ...]:
        return self._people

    def visits(self) -> tuple[Appointment, ...]:
        return self._visits

    def kinds(self) -> tuple[VisitKind, ...]:
        return self._kinds

    def free(self, practitioner_ids, after, until, limit, *, kind_id=""):
        self.asked.append(practitioner_ids)
        if not self._free:
            return ()
        starts = (
            FIRST_DAY + timedelta(days=days, hours=hours)
            for days in range(60)
            for hours in range(8, 16)
        )
        found = [
            Slot(one, one + timedelta(minutes=30), person.id, visit_type_id=kind_id)
            for one in starts
            if one.weekday() < 5
            for person in self._people
            if not practitioner_ids or person.id in practitioner_ids
        ]
        return tuple(
            one for one in found if one.starts >= after and (until is None or one.starts < until)
        )[:limit]
