"""Calendars of other programs: files out, files in as proposals, calendars kept up by CalDAV."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.records import SYSTEM
from app.storage.work import Storage, Work
from app.workflow.planning import put_absence
from app.workflow.session import Session
from app.workflow.settings import ClinicSettings, read_settings
from scheduling.errors import PublishingError, UnreadableCalendarError
from scheduling.interchange.caldav import CalDavServer, publish
from scheduling.interchange.exporting import exported, object_of
from scheduling.interchange.reading import LARGEST, Proposal, proposals
from scheduling.records import OCCUPYING, Appointment, Practitioner

BACK = timedelta(days=30)
AHEAD = timedelta(days=365)
PUBLISH_EVERY = timedelta(minutes=2)
_STATE = "caldav-state"
_LAST = "caldav-last"


def export_appointment(session: Session, appointment_id: str) -> str:
    """Return one appointment as an iCalendar text."""
    with session.begin() as work:
        visit = work.appointments.get(appointment_id)
    patient_id = visit.patient_id if visit else ""
    staff = session.can(Permission.SEE_CALENDAR)
    session.authorize(
        Permission.SEE_CALENDAR if staff else Permission.SEE_OWN_APPOINTMENTS, patient_id
    )
    if visit is None:
        raise NotFoundError("There is no such appointment.")
    with session.begin() as work:
        who = _practitioner(work, visit.practitioner_id)
        work.note("appointment.exported", visit.id, patient_id=visit.patient_id)
        return exported([visit], who, _where(work, visit), session.now())


def export_calendar(session: Session, practitioner_id: str) -> str:
    """Return a practitioner's appointments, a month back and a year ahead, as iCalendar."""
    session.authorize(Permission.SEE_CALENDAR)
    now = session.now()
    with session.begin() as work:
        who = _practitioner(work, practitioner_id)
        visits = _standing(work, practitioner_id, now)
        work.note("calendar.exported", practitioner_id)
        return exported(visits, who, read_settings(work).clinic_name, now)


def read_calendar(session: Session, practitioner_id: str, path: Path) -> tuple[Proposal, ...]:
    """Return the busy times of a calendar file as proposals of leave, from today for a year.

    Nothing is kept. Times that are leave already are left out.
    """
    _may_edit_hours(session, practitioner_id)
    now = session.now()
    with session.begin() as work:
        zone = _practitioner(work, practitioner_id).zone
        known = {one.id for one in work.absences.all()}
    if path.stat().st_size > LARGEST:
        raise UnreadableCalendarError("The calendar file is too large.")
    found = proposals(path.read_bytes(), practitioner_id, zone, now, now + AHEAD)
    return tuple(one for one in found if any(each.id not in known for each in one.absences))


def take_proposals(
    session: Session, practitioner_id: str, taken: Sequence[Proposal]
) -> tuple[Appointment, ...]:
    """Keep the chosen proposals as leave; return the appointments they fall on."""
    _may_edit_hours(session, practitioner_id)
    touched: dict[str, Appointment] = {}
    for proposal in taken:
        for absence in proposal.absences:
            if absence.subject_id != practitioner_id:
                raise NotFoundError("These times were read for somebody else.")
            touched |= {one.id: one for one in put_absence(session, absence)}
    return tuple(sorted(touched.values(), key=lambda one: one.starts))


def calendar_server(settings: ClinicSettings) -> CalDavServer | None:
    """Return the CalDAV server of the settings; ValueError where they do not work."""
    if not settings.caldav_url:
        return None
    return CalDavServer(settings.caldav_url, settings.caldav_user, settings.caldav_password)


def publish_turn(storage: Storage, now: datetime) -> str:
    """Bring the practitioners' calendars on the CalDAV server up to date, every few minutes.

    Returns why it broke off, or "". What was written is remembered even then.
    """
    with storage.begin(SYSTEM) as work:
        settings = read_settings(work)
        last = work.settings.get(_LAST)
        server = calendar_server(settings)
        if server is None or (last and now < datetime.fromisoformat(last) + PUBLISH_EVERY):
            return ""
        state = json.loads(work.settings.get(_STATE) or "{}")
        shelves = [_Shelf(work, one, now) for one in work.practitioners.all()]
    published = state.get(server.url, {})
    fault = ""
    for shelf in shelves:
        try:
            if shelf.who.id not in published:
                server.make(shelf.who.id, shelf.who.name)
            before = published.get(shelf.who.id, {})
            published[shelf.who.id], fault = publish(
                server, shelf.who.id, shelf.marks, before, shelf.text
            )
        except PublishingError as error:
            fault = str(error)
        if fault:
            break
    with storage.begin(SYSTEM) as work:
        work.settings.put(_LAST, now.isoformat())
        work.settings.put(_STATE, json.dumps({server.url: published}))
    return fault


class _Shelf:
    """What shall stand in one practitioner's calendar, read in one transaction."""

    def __init__(self, work: Work, who: Practitioner, now: datetime) -> None:
        self.who = who
        self._now = now
        self._visits = {one.id: one for one in _standing(work, who.id, now)}
        self._where = {one.place_id: _where(work, one) for one in self._visits.values()}
        self.marks = {
            one.id: f"{one.sequence} {one.status} {one.starts} {one.ends} {one.place_id}"
            for one in self._visits.values()
        }

    def text(self, ident: str) -> str:
        visit = self._visits[ident]
        return object_of(visit, self.who, self._where[visit.place_id], self._now)


def _standing(work: Work, practitioner_id: str, now: datetime) -> tuple[Appointment, ...]:
    found = work.appointments.between(now - BACK, now + AHEAD, practitioner_id)
    return tuple(one for one in found if one.status in OCCUPYING)


def _where(work: Work, visit: Appointment) -> str:
    site = work.places.get(visit.place_id)
    name = read_settings(work).clinic_name
    return f"{name}, {site.name}" if site else name


def _practitioner(work: Work, practitioner_id: str) -> Practitioner:
    found = work.practitioners.get(practitioner_id)
    if found is None:
        raise NotFoundError("There is no such practitioner.")
    return found


def _may_edit_hours(session: Session, practitioner_id: str) -> None:
    own = practitioner_id == session.actor.practitioner_id
    session.authorize(Permission.EDIT_AVAILABILITY if own else Permission.EDIT_ANY_AVAILABILITY)
