"""Planning: places, scanners and rooms, visit types, hours, leave and closed days."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.storage.work import Work
from app.workflow.outgoing import (
    send_absence,
    send_availability,
    send_place,
    send_resource,
    send_visit_type,
)
from app.workflow.planned import practitioner
from app.workflow.session import Session
from scheduling.errors import UnknownZoneError
from scheduling.places import Absence, Place, Resource, VisitType
from scheduling.records import OCCUPYING, Appointment, Availability
from scheduling.rules.closures import away, knows_holidays
from scheduling.rules.spans import from_us, to_us


def places(session: Session) -> tuple[Place, ...]:
    """Return the sites of the clinic, by name."""
    _may_look(session)
    with session.begin() as work:
        return work.places.all()


def resources(session: Session) -> tuple[Resource, ...]:
    """Return the scanners and rooms, by name."""
    _may_look(session)
    with session.begin() as work:
        return work.resources.all()


def visit_types(session: Session) -> tuple[VisitType, ...]:
    """Return the kinds of visit that are offered; to a patient those that patients book."""
    _may_look(session)
    staff = session.can(Permission.SEE_CALENDAR)
    with session.begin() as work:
        found = work.visit_types.all()
    return found if staff else tuple(one for one in found if one.active and one.self_bookable)


def put_place(session: Session, site: Place) -> None:
    """Keep a site, new or changed; what is no longer used is made inactive.

    Raises
    ------
    UnknownZoneError
        There is no such time zone, or its public holidays are not known.
    """
    session.authorize(Permission.MANAGE_PLACES)
    try:
        ZoneInfo(site.zone)
    except (ValueError, OSError, KeyError) as error:
        raise UnknownZoneError(f"There is no time zone “{site.zone}”.") from error
    if site.country and not knows_holidays(site.country, site.region):
        raise UnknownZoneError("The public holidays of that country or region are not known.")
    with session.begin() as work:
        work.places.put(site)
        send_place(work, site, session.now())
        work.note("place.kept", site.id)


def put_resource(session: Session, resource: Resource) -> None:
    """Keep a scanner or room, new or changed; what is booked keeps the capacity it was made for."""
    session.authorize(Permission.MANAGE_PLACES)
    with session.begin() as work:
        if work.places.get(resource.place_id) is None:
            raise NotFoundError("There is no such place.")
        work.resources.put(resource)
        send_resource(work, resource, session.now())
        work.note("resource.kept", resource.id)


def put_visit_type(session: Session, visit: VisitType) -> None:
    """Keep a kind of visit, new or changed; what is booked keeps its length and buffers."""
    session.authorize(Permission.MANAGE_PLACES)
    with session.begin() as work:
        work.visit_types.put(visit)
        send_visit_type(work, visit, session.now())
        work.note("visit-type.kept", visit.id)


def put_hours(session: Session, hours: Availability) -> None:
    """Keep hours of a practitioner, new or changed: weekly, or extra hours of a single day."""
    _may_edit_hours(session, hours.practitioner_id)
    with session.begin() as work:
        practitioner(work, hours.practitioner_id)
        before = [
            one
            for one in work.availabilities.all()
            if one.id == hours.id and one.practitioner_id != hours.practitioner_id
        ]
        if before or (hours.place_id and work.places.get(hours.place_id) is None):
            raise NotFoundError("There is no such place, or these are somebody else's hours.")
        work.availabilities.put(hours)
        send_availability(work, hours, session.now(), active=True)
        work.note("availability.kept", hours.practitioner_id)


def absences(session: Session) -> tuple[Absence, ...]:
    """Return leave, closed days and maintenance, the first one first."""
    session.authorize(Permission.SEE_CALENDAR)
    with session.begin() as work:
        return work.absences.all()


def put_absence(session: Session, absence: Absence) -> tuple[Appointment, ...]:
    """Keep leave, closed days or maintenance; return the appointments it falls on.

    Those stay booked until somebody moves or cancels them (`booking.alternatives`).
    """
    _may_edit_hours(session, absence.subject_id)
    with session.begin() as work:
        _require_same_subject(work, absence)
        work.absences.put(absence)
        send_absence(work, absence, session.now(), active=True)
        work.note("absence.kept", absence.subject_id)
        return _touched(work, absence)


def remove_absence(session: Session, subject_id: str, absence_id: str) -> None:
    """Take an absence back; the time can be booked again."""
    _may_edit_hours(session, subject_id)
    with session.begin() as work:
        absence = work.absences.get(absence_id)
        if absence is None or absence.subject_id != subject_id:
            raise NotFoundError("There is no such absence.")
        work.absences.remove(absence_id)
        send_absence(work, absence, session.now(), active=False)
        work.note("absence.removed", subject_id)


def _require_same_subject(work: Work, absence: Absence) -> None:
    known = work.absences.get(absence.id)
    subjects = {
        *(one.id for one in work.practitioners.all()),
        *(one.id for one in work.places.all()),
        *(one.id for one in work.resources.all()),
    }
    if absence.subject_id not in subjects or (known and known.subject_id != absence.subject_id):
        raise NotFoundError("There is nobody and nothing of that kind.")


def _touched(work: Work, absence: Absence) -> tuple[Appointment, ...]:
    """Appointments of the subject that overlap the absence on the clock of its zone."""
    sites = {one.id: one for one in work.places.all()}
    thing = work.resources.get(absence.subject_id)
    person = work.practitioners.get(absence.subject_id)
    place = sites.get(thing.place_id if thing else absence.subject_id)
    zone = place.zone if place else person.zone if person else "UTC"
    spans = away([absence], zone, absence.first_day, absence.last_day)[absence.subject_id]
    if len(spans[0]) == 0:
        return ()
    first, last = (from_us(int(at)) for at in (spans[0][0], spans[1][-1]))
    return tuple(
        one
        for one in work.appointments.between(first, last)
        if one.status in OCCUPYING
        and absence.subject_id in {one.practitioner_id, one.place_id, *one.resource_ids}
        and any(
            begin < to_us(one.ends) and to_us(one.starts) < end
            for begin, end in zip(*spans, strict=True)
        )
    )


def _may_look(session: Session) -> None:
    staff = session.can(Permission.SEE_CALENDAR)
    wanted = Permission.SEE_CALENDAR if staff else Permission.SEE_OWN_APPOINTMENTS
    session.authorize(wanted, session.actor.patient_id)


def _may_edit_hours(session: Session, subject_id: str) -> None:
    own = subject_id == session.actor.practitioner_id
    session.authorize(Permission.EDIT_AVAILABILITY if own else Permission.EDIT_ANY_AVAILABILITY)
