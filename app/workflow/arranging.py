"""Own visits booked, moved and cancelled from a conversation, each by one confirming click.

The rights are asked by the acts of booking and visiting these rest on.

What is asked for twice is done once: a second click finds it done and says the same. A time that
was taken meanwhile comes back with the nearest free ones instead of an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.workflow import booking, holding, planning, visiting
from app.workflow.making import slot_of
from app.workflow.session import Session
from assistant.wishes import VisitKind
from scheduling.errors import SchedulingError, SlotTakenError
from scheduling.places import Hold
from scheduling.records import OCCUPYING, Appointment, AppointmentStatus, Practitioner, Slot
from scheduling.rules.slots import apart

_REASON = "Follow-up visit"
CHANGED_SINCE = "This appointment was changed since. Nothing was done; please ask again."


@dataclass(frozen=True, slots=True)
class Arranged:
    """What came of a click: the visit as it is now, or why not and the nearest free times.

    ``before`` is the visit as it was, by which the act is undone; None where nothing was changed.
    """

    appointment: Appointment | None
    before: Appointment | None = None
    refused: str = ""
    alternatives: tuple[Slot, ...] = ()


class OwnDesk:
    """What the assistant looks up for whoever is signed in; it knows no other patient.

    The rights are asked at every call; a patient's own visits are those of the session's patient.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._practitioners: tuple[Practitioner, ...] | None = None
        self._kinds: tuple[VisitKind, ...] | None = None

    def practitioners(self) -> tuple[Practitioner, ...]:
        """The people of the clinic who can be booked."""
        if self._practitioners is None:
            self._practitioners = booking.practitioners(self._session)
        return self._practitioners

    def kinds(self) -> tuple[VisitKind, ...]:
        """The kinds of visit the clinic opened for booking by patients."""
        if self._kinds is None:
            found = planning.visit_types(self._session)
            own = (one for one in found if one.active and one.self_bookable)
            self._kinds = tuple(VisitKind(one.id, one.name) for one in own)
        return self._kinds

    def free(
        self,
        practitioner_ids: frozenset[str],
        after: datetime,
        until: datetime | None,
        limit: int,
        *,
        kind_id: str = "",
    ) -> tuple[Slot, ...]:
        """Free slots for a kind of visit, of some people or of anybody, in order of time."""
        start = max(after.astimezone(UTC), self._session.now())
        end = min(until or start + booking.HORIZON, start + booking.HORIZON)
        opened = not kind_id or kind_id in {one.id for one in self.kinds()}
        if end <= start or not opened:
            return ()
        found = booking.find(
            self._session,
            start,
            end,
            visit_type_id=kind_id,
            practitioner_ids=practitioner_ids,
            limit=_ALL,
        )
        ids = sorted({slot.practitioner_id for slot in found})
        by_person = (apart(slot for slot in found if slot.practitioner_id == one) for one in ids)
        return tuple(sorted(slot for slots in by_person for slot in slots))[:limit]

    def visits(self) -> tuple[Appointment, ...]:
        """The signed-in patient's own visits that are still to come, in order of time."""
        if not self._session.actor.patient_id:
            return ()
        now = self._session.now()
        mine = (entry.appointment for entry in booking.my_appointments(self._session))
        coming = (one for one in mine if one.status in OCCUPYING and one.starts > now)
        return tuple(sorted(coming, key=lambda one: one.starts))


_ALL = 100_000


def keep_for_me(session: Session, slot: Slot) -> Hold | None:
    """Keep a chosen slot for the signed-in patient for some minutes; None where it is taken."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.BOOK_OWN, patient_id)
    try:
        return holding.hold(session, slot, patient_id)
    except SchedulingError:
        return None


def book_own(session: Session, slot: Slot, *, hold_id: str = "") -> Arranged:
    """Book a slot for the signed-in patient after the confirming click; a second click is one."""
    patient_id = session.actor.patient_id
    if (done := _booked_already(session, slot)) is not None:
        return Arranged(done)
    reason = "" if slot.visit_type_id else _REASON
    return _tried(
        lambda: Arranged(
            booking.book(session, slot, patient_id, reason, by_assistant=True, hold_id=hold_id)
        ),
        session,
        slot,
    )


def move_own(session: Session, appointment_id: str, slot: Slot, *, hold_id: str = "") -> Arranged:
    """Move an own visit to a slot after the confirming click; a second click changes nothing."""
    before = _own(session, appointment_id)
    if _is_at(before, slot):
        return Arranged(before)
    return _tried(
        lambda: Arranged(
            visiting.reschedule(session, appointment_id, slot, hold_id=hold_id, by_assistant=True),
            before,
        ),
        session,
        slot,
    )


def cancel_own(session: Session, appointment_id: str, seen: Appointment | None = None) -> Arranged:
    """Cancel an own visit after the confirming click; a second click changes nothing.

    ``seen`` is the visit as the person had it in sight: where it was moved since, it stays.
    """
    before = _own(session, appointment_id)
    if before.status is AppointmentStatus.CANCELLED:
        return Arranged(before)
    if seen is not None and not same_visit(before, seen):
        return Arranged(None, refused=CHANGED_SINCE)
    try:
        return Arranged(booking.cancel(session, appointment_id, by_assistant=True), before)
    except SchedulingError as error:
        return Arranged(None, refused=str(error))


def same_visit(one: Appointment, other: Appointment) -> bool:
    """Whether two states of an appointment tell a patient the same: when, where, with whom."""
    told = ("starts", "ends", "practitioner_id", "place_id")
    alike = all(getattr(one, name) == getattr(other, name) for name in told)
    return alike and (one.status in OCCUPYING) == (other.status in OCCUPYING)


def undo_move(session: Session, before: Appointment) -> Arranged:
    """Put a visit that was moved back to where it was, if that time is still free."""
    return move_own(session, before.id, slot_of(before))


def undo_cancel(session: Session, before: Appointment) -> Arranged:
    """Book the time of a cancelled visit again, if it is still free."""
    return book_own(session, slot_of(before))


def _tried(act: Callable[[], Arranged], session: Session, slot: Slot) -> Arranged:
    """The outcome of an act; a refusal comes with the nearest free times."""
    try:
        return act()
    except SchedulingError as error:
        near = error.alternatives if isinstance(error, SlotTakenError) else ()
        return Arranged(None, refused=str(error), alternatives=near or _near(session, slot))


def _near(session: Session, slot: Slot) -> tuple[Slot, ...]:
    """The free slots of the same person nearest to one that was refused."""
    start = slot.starts - timedelta(days=7)
    whom = frozenset({slot.practitioner_id})
    found = OwnDesk(session).free(whom, start, None, _ALL, kind_id=slot.visit_type_id)
    return tuple(sorted(sorted(found, key=lambda one: abs(one.starts - slot.starts))[:3]))


def _own(session: Session, appointment_id: str) -> Appointment:
    """The signed-in patient's visit of that id; absent and somebody else's look alike."""
    for entry in booking.my_appointments(session):
        if entry.appointment.id == appointment_id:
            return entry.appointment
    raise NotFoundError("There is no such appointment for you.")


def _booked_already(session: Session, slot: Slot) -> Appointment | None:
    """The own visit that is booked at exactly this slot."""
    mine = (entry.appointment for entry in booking.my_appointments(session))
    return next((one for one in mine if one.status in OCCUPYING and _is_at(one, slot)), None)


def _is_at(appointment: Appointment, slot: Slot) -> bool:
    booked = slot_of(appointment)
    return (booked.starts, booked.ends, booked.practitioner_id, booked.visit_type_id) == (
        slot.starts,
        slot.ends,
        slot.practitioner_id,
        slot.visit_type_id,
    )
