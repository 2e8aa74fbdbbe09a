"""What an appointment holds of its practitioner, scanners and rooms: pure, from the resource alone.

The rule is that of `scheduling.places.fits`; the server applies it in the transaction that orders
all writes of a clinic: of two workstations that were both offline the first to arrive is booked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scheduling.places import Busy
from sync.server.admission import appointment_times
from sync.server.laws import OCCUPYING_STATUS
from sync.wire.booking import participants, things
from sync.wire.datatypes import extended, extension, extension_url, listed

CapacityOf = Callable[[str, str], int]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MINUTE_US = 60_000_000
BESIDE = "Booked in time kept for that workstation; another visit was added meanwhile."


def held(body: Mapping[str, Any], capacity_of: CapacityOf) -> tuple[Busy, ...]:
    """Return what an admitted Appointment holds; subjects are ``Type/id``.

    Parameters
    ----------
    capacity_of
        How many visits a kept resource takes at once, by type and id; what a workstation claims
        for a group counts up to that of its kind of visit only.
    """
    if body["status"] not in OCCUPYING_STATUS:
        return ()
    starts, ends = ((at - _EPOCH) // _MICROSECOND for at in appointment_times(body))
    begins = starts - extended(body, "before-minutes", "valueInteger", 0) * _MINUTE_US
    until = ends + extended(body, "after-minutes", "valueInteger", 0) * _MINUTE_US
    service = next(iter(participants(body, "HealthcareService")), "")
    claimed = extended(body, "group-capacity", "valueInteger", 1)
    group = min(claimed, capacity_of("HealthcareService", service)) if service else 1
    share = f"{service}@{starts}-{ends}" if group > 1 else ""
    ident = str(body["id"])
    people = dict.fromkeys(participants(body, "Practitioner"))
    return (
        *(Busy(f"Practitioner/{one}", begins, until, group, share, ident) for one in people),
        *(
            Busy(f"{kind}/{one}", begins, until, capacity_of(kind, one), "", ident)
            for kind, one in things(body)
        ),
    )


def is_overbooked(body: Mapping[str, Any]) -> bool:
    """Whether it was booked outside the rules, by a right and for a reason."""
    return bool(extended(body, "booked-outside-rules", "valueString", ""))


def booked_beside(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an appointment made in leased time that somebody has overbooked meanwhile."""
    name = "booked-outside-rules"
    others = [one for one in listed(body, "extension") if one.get("url") != extension_url(name)]
    return {**body, "extension": [*others, extension(name, valueString=BESIDE)]}
