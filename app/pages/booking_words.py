"""What can be asked for, and how visits, wishes and offers are put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from app.pages.wording import day, meeting, moment
from app.workflow import booking, planning
from app.workflow.session import Session
from app.workflow.waiting_list import WaitingEntry
from scheduling.places import Place, Resource, VisitType
from scheduling.records import Appointment, AppointmentStatus, Practitioner, Slot

PLAIN = "Plain visit"
"""A visit of no particular kind."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be asked for: kinds of visit, people, places, and what a visit needs besides.

    ``gone`` are the words for what is there no more.
    """

    visits: tuple[VisitType, ...] = ()
    people: tuple[Practitioner, ...] = ()
    places: tuple[Place, ...] = ()
    things: tuple[Resource, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    gone: str = "no longer there"

    def name(self, ident: str, otherwise: str) -> str:
        """What something is called, or other words where nothing is asked for."""
        return self.names.get(ident, self.gone) if ident else otherwise


def read_catalogue(session: Session) -> Catalogue:
    """Return what the signed-in person may ask for; what is offered no more is only named."""
    visits, people = planning.visit_types(session), booking.practitioners(session)
    places, things = planning.places(session), planning.resources(session)
    names = {one.id: one.name for one in visits} | {one.id: one.name for one in people}
    names |= {one.id: one.name for one in places} | {one.id: one.name for one in things}
    return Catalogue(
        tuple(one for one in visits if one.active),
        people,
        tuple(one for one in places if one.active),
        tuple(one for one in things if one.active),
        names,
    )


def slot_words(slot: Slot, known: Catalogue, *, plain: str = PLAIN) -> str:
    """What a slot is for, with whom, where and with which scanner or room."""
    parts = (
        known.name(slot.visit_type_id, plain),
        *(known.name(one, "") for one in (slot.practitioner_id, slot.place_id)),
        *(known.name(one, "") for one in slot.resource_ids),
    )
    return " · ".join(part for part in parts if part)


def said_of(made: Sequence[Appointment]) -> str:
    """How certain what was just booked is: a server that is away has yet to take some of it."""
    pending = any(one.status is AppointmentStatus.PENDING for one in made)
    return "provisionally booked" if pending else "booked"


def wish_words(entry: WaitingEntry, known: Catalogue) -> str:
    """What somebody waits for, in one line."""
    wish = entry.waiting
    days = f"{day(wish.first_day)} – {day(wish.last_day)}"
    parts = (
        known.name(wish.visit_type_id, PLAIN),
        known.name(wish.practitioner_id, ""),
        known.name(wish.place_id, ""),
        days if wish.first_day != wish.last_day else day(wish.first_day),
    )
    return " · ".join(part for part in parts if part)


def offer_words(entry: WaitingEntry, known: Catalogue, zone: tzinfo) -> tuple[str, str]:
    """What is offered, and until when it is kept."""
    kept = entry.offered
    if kept is None:
        return "", ""
    parts = (known.name(kept.practitioner_id, ""), known.name(kept.place_id, ""))
    where = " · ".join(part for part in parts if part)
    when = meeting(kept.starts, kept.ends, zone)
    return f"{when}\n{where}", f"Kept until {moment(kept.expires_at, zone)}"
