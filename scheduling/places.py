"""Where visits happen, with what, and how long they take: Place, Resource, VisitType, Absence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from scheduling.records import MIDNIGHT, ends_after


class ResourceKind(StrEnum):
    """What a visit may need besides a practitioner."""

    SCANNER = "scanner"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Place:
    """A site of the clinic (FHIR Location).

    ``zone`` is its IANA zone. ``country`` (ISO 3166-1, "FR") and ``region`` (the part of
    ISO 3166-2 after the hyphen, "BY") say which public holidays it keeps; empty: none.
    """

    id: str
    name: str
    zone: str
    country: str = ""
    region: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Resource:
    """A scanner (FHIR Device) or room (FHIR Location); ``capacity`` visits fit at once."""

    id: str
    place_id: str
    kind: ResourceKind
    name: str
    capacity: int = 1
    active: bool = True

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise ValueError("a resource serves one visit at least")


@dataclass(frozen=True, slots=True)
class VisitType:
    """A kind of visit (FHIR HealthcareService).

    ``before_minutes`` and ``after_minutes`` are preparation and clearing up: they keep everything
    that is booked busy, but may lie outside working hours. ``capacity`` patients share one
    practitioner at one time (a group). Patients book between ``lead_minutes`` and
    ``horizon_days`` ahead and cancel or move up to ``notice_minutes`` before; staff are bound by
    the horizon only.
    """

    id: str
    name: str
    minutes: int
    before_minutes: int = 0
    after_minutes: int = 0
    capacity: int = 1
    lead_minutes: int = 60
    horizon_days: int = 90
    notice_minutes: int = 0
    needs: tuple[ResourceKind, ...] = ()
    self_bookable: bool = True
    active: bool = True

    def __post_init__(self) -> None:
        if self.minutes < 5 or self.capacity < 1 or self.horizon_days < 1:
            raise ValueError("a visit lasts 5 minutes and takes one patient at least")
        minutes = (self.before_minutes, self.after_minutes, self.lead_minutes, self.notice_minutes)
        if min(minutes) < 0:
            raise ValueError("buffers, lead time and notice are not negative")
        if len(set(self.needs)) < len(self.needs):
            raise ValueError("a visit needs one resource of a kind at most")


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which somebody or something is away: leave, a closed place, maintenance.

    ``subject_id`` is a practitioner, a place or a resource. Without ``starts`` and ``ends`` the
    days are whole; with them only that wall time of each day is closed, until 24:00 where it ends
    at 00:00. The days are those of the place (a practitioner's own zone where hours name none).
    """

    id: str
    subject_id: str
    first_day: date
    last_day: date
    starts: time | None = None
    ends: time | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.last_day < self.first_day or (self.starts is None) != (self.ends is None):
            raise ValueError("an absence ends after it begins")
        part = self.starts is not None and self.ends is not None
        if part and not ends_after(self.ends or MIDNIGHT, self.starts or MIDNIGHT):
            raise ValueError("an absence ends after it begins")


class Busy(NamedTuple):
    """A time that something is held: microseconds since 1970 UTC, the end not included.

    At no instant do more than the smallest ``capacity`` of those present hold one subject, and
    those with different ``share`` never do together. ``subject_id`` is a practitioner or resource.
    """

    subject_id: str
    starts_us: int
    ends_us: int
    capacity: int = 1
    share: str = ""
    appointment_id: str = ""


def fits(wanted: Busy, others: Iterable[Busy]) -> bool:
    """Whether one more may hold its subject beside the others, at every instant."""
    present = [
        one
        for one in others
        if one.subject_id == wanted.subject_id
        and (not wanted.appointment_id or one.appointment_id != wanted.appointment_id)
        and one.starts_us < wanted.ends_us
        and wanted.starts_us < one.ends_us
    ]
    if any(one.share != wanted.share for one in present):
        return False
    points = [wanted.starts_us, *(max(one.starts_us, wanted.starts_us) for one in present)]
    return all(_fits_at(point, wanted, present) for point in points)


def _fits_at(point_us: int, wanted: Busy, present: Sequence[Busy]) -> bool:
    there = [one.capacity for one in present if one.starts_us <= point_us < one.ends_us]
    return len(there) + 1 <= min([wanted.capacity, *there])


@dataclass(frozen=True, slots=True)
class Hold:
    """A slot kept for somebody who is deciding, on this workstation, until ``expires_at``."""

    id: str
    account_id: str
    practitioner_id: str
    starts: datetime
    ends: datetime
    expires_at: datetime
    place_id: str = ""
    visit_type_id: str = ""
    resource_ids: tuple[str, ...] = ()
    patient_id: str = ""


class WaitingStatus(StrEnum):
    """Where a wish on the waiting list stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A patient who would take an earlier time (FHIR Appointment status "waitlist").

    Empty ids are open wishes. ``hold_id`` is the slot kept for the patient while offered.
    """

    id: str
    patient_id: str
    first_day: date
    last_day: date
    created_at: datetime
    practitioner_id: str = ""
    place_id: str = ""
    visit_type_id: str = ""
    instead_of: str = ""
    status: WaitingStatus = WaitingStatus.WAITING
    hold_id: str = ""
    declined: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError("a wish ends after it begins")
