"""Where a drop on the calendar would put a visit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.widgets.calendar_blocks import Drop
from app.workflow.booking import CalendarEntry
from app.workflow.calendar_sheet import Sheet
from scheduling.places import Resource, ResourceKind, VisitType
from scheduling.records import Slot
from scheduling.rules.opening import Shade


def slot_at(sheet: Sheet, entry: CalendarEntry, drop: Drop) -> Slot:
    """The slot a visit was dropped on.

    In the column of somebody it is theirs; in that of a scanner or room it takes that one instead
    of its own of the same kind, and stays with its practitioner.
    """
    one = entry.appointment
    kinds = {thing.id: thing.kind for thing in sheet.things}
    who, things = drop.subject or one.practitioner_id, one.resource_ids
    if drop.subject in kinds:
        who, kind = one.practitioner_id, kinds[drop.subject]
        things = tuple(drop.subject if kinds.get(each) is kind else each for each in things)
    worked = place_at(sheet, who, drop.starts)
    return Slot(
        drop.starts.astimezone(UTC),
        drop.ends.astimezone(UTC),
        who,
        one.place_id if worked is None else worked,
        one.visit_type_id,
        things,
    )


def walk_in_at(sheet: Sheet, who: str, drop: Drop, visit: VisitType | None) -> Slot:
    """The slot of a walk-in or an extra visit of a kind, as long as it takes.

    Of each kind of thing it needs it takes one that is not in use then, else the first.
    """
    starts, ends = drop.starts.astimezone(UTC), drop.ends.astimezone(UTC)
    place = place_at(sheet, who, starts) or sheet.scope.place_id
    if visit is None:
        return Slot(starts, ends, who, place)
    ends = starts + timedelta(minutes=visit.minutes)
    things = tuple(
        found.id for kind in visit.needs if (found := _thing_for(sheet, kind, place, starts, ends))
    )
    return Slot(starts, ends, who, place, visit.id, things)


def _thing_for(
    sheet: Sheet, kind: ResourceKind, place: str, starts: datetime, ends: datetime
) -> Resource | None:
    used = {
        each
        for one in sheet.entries
        if one.appointment.starts < ends and starts < one.appointment.ends
        for each in one.appointment.resource_ids
    }
    fitting = [
        one
        for one in sheet.things
        if one.active and one.kind is kind and place in {"", one.place_id}
    ]
    return min(fitting, key=lambda one: one.id in used, default=None)


def place_at(sheet: Sheet, who: str, at: datetime) -> str | None:
    """The place somebody works at then; None where nobody works."""
    for one in sheet.stretches:
        mine = one.shade is Shade.WORKING and one.practitioner_id == who
        if mine and one.starts <= at < one.ends:
            return one.place_id
    return None
