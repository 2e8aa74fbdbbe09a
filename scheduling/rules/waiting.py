"""The waiting list: who is offered a time that has become free."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.places import Waiting, WaitingStatus
from scheduling.records import Slot
from scheduling.rules.slots import LEAD

OFFER_LASTS = timedelta(hours=4)
"""How long an offered time is kept for one patient before the next is asked."""


def next_waiting(entries: Iterable[Waiting], slot: Slot, zone: str) -> Waiting | None:
    """Whoever has waited longest for such a slot and has not declined it; None if nobody."""
    fitting = (one for one in entries if wants(one, slot, zone))
    return min(fitting, key=lambda one: (one.created_at, one.id), default=None)


def wants(entry: Waiting, slot: Slot, zone: str) -> bool:
    """Whether the slot is what somebody waits for; days are those of the zone."""
    day = slot.starts.astimezone(ZoneInfo(zone)).date()
    return (
        entry.status is WaitingStatus.WAITING
        and entry.first_day <= day <= entry.last_day
        and entry.practitioner_id in {"", slot.practitioner_id}
        and entry.place_id in {"", slot.place_id}
        and entry.visit_type_id == slot.visit_type_id
        and slot.starts not in entry.declined
    )


def offered_until(slot: Slot, now: datetime, heard_at: datetime | None = None) -> datetime | None:
    """When the offer ends; None where too little time is left to offer it to anybody.

    The hours count from ``heard_at``, when the patient can be told: an offer made at night does
    not run out before the morning.
    """
    ends = min((heard_at or now) + OFFER_LASTS, slot.starts - LEAD)
    return ends if ends > now else None
