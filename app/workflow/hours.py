"""Working hours edited in one go: several availabilities change together, or none does."""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.storage.work import Work
from app.workflow.outgoing import send_availability
from app.workflow.planned import practitioner
from app.workflow.session import Session
from scheduling.rules.hours import HoursEdit


def edit_hours(session: Session, practitioner_id: str, edit: HoursEdit) -> HoursEdit:
    """Change working hours of one practitioner and return what changes them back.

    Appointments already booked stay.

    Raises
    ------
    NotFoundError
        The hours are somebody else's, or gone, or at no known place.
    """
    own = practitioner_id == session.actor.practitioner_id
    session.authorize(Permission.EDIT_AVAILABILITY if own else Permission.EDIT_ANY_AVAILABILITY)
    with session.begin() as work:
        back = _back(work, practitioner_id, edit)
        known = {one.id: one for one in work.availabilities.of_practitioner(practitioner_id)}
        for gone in edit.removed:
            work.availabilities.remove(gone)
            send_availability(work, known[gone], session.now(), active=False)
        for kept in edit.kept:
            work.availabilities.put(kept)
            send_availability(work, kept, session.now(), active=True)
        work.note("availability.kept", practitioner_id)
    return back


def _back(work: Work, practitioner_id: str, edit: HoursEdit) -> HoursEdit:
    practitioner(work, practitioner_id)
    every = {one.id: one for one in work.availabilities.all()}
    touched = {*edit.removed, *(one.id for one in edit.kept)}
    before = tuple(every[one] for one in sorted(touched & set(every)))
    owners = {one.practitioner_id for one in (*edit.kept, *before)}
    places = {one.place_id for one in edit.kept if one.place_id}
    unknown = places - {one.id for one in work.places.all()}
    if owners - {practitioner_id} or set(edit.removed) - set(every) or unknown:
        raise NotFoundError("These hours are somebody else's, or are gone, or at no known place.")
    return HoursEdit(before, tuple(sorted(touched - set(every))))
