"""Booking vocabulary (FHIR R4 names): Practitioner, Availability, Slot, Appointment, Notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum


class AppointmentStatus(StrEnum):
    """FHIR R4 Appointment.status, the part this program uses.

    PENDING is an offline booking the server has not confirmed yet.
    """

    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"


class CancelReason(StrEnum):
    """Why an appointment was cancelled (codes of FHIR R4 appointment-cancellation-reason)."""

    PATIENT = "pat"
    PORTAL = "pat-cpp"
    DECEASED = "pat-dec"
    BETTER = "pat-fb"
    TRANSPORT = "pat-lt"
    PRACTITIONER = "prov"
    EQUIPMENT = "maint"
    ROOM = "oth-room"
    WEATHER = "oth-weath"
    MISTAKE = "oth-err"
    OTHER = "other"


MIDNIGHT = time()
"""As an end of hours: 24:00, the midnight that ends the day."""


def ends_after(ends: time, starts: time) -> bool:
    """Whether a time of day that ends something comes after its start; midnight ends the day."""
    return ends > starts or ends == MIDNIGHT


OCCUPYING = frozenset(
    {AppointmentStatus.PENDING, AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}
)


@dataclass(frozen=True, slots=True)
class Practitioner:
    """A person who sees patients; ``zone`` is the IANA zone of the place."""

    id: str
    name: str
    specialty: str
    zone: str
    email: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Availability:
    """A weekly working time in wall time of its place, or else of the practitioner's zone.

    ``weekday`` is 0 for Monday. ``until`` is the last day on which it holds, or None. Visits begin
    every ``slot_minutes``. ``visit_type_ids`` are what is done then; empty: everything. Extra hours
    are an availability of one day; ``on_holidays`` works on public holidays of the place too.
    Hours that end at 00:00 end at 24:00 of their day.
    """

    id: str
    practitioner_id: str
    weekday: int
    starts: time
    ends: time
    slot_minutes: int
    from_day: date
    until: date | None = None
    place_id: str = ""
    visit_type_ids: tuple[str, ...] = ()
    on_holidays: bool = False

    def __post_init__(self) -> None:
        ordered = ends_after(self.ends, self.starts)
        if not 0 <= self.weekday <= 6 or not ordered or self.slot_minutes < 5:
            raise ValueError("an availability is a weekday with a start before its end")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time a practitioner could be booked; instants are aware UTC."""

    starts: datetime
    ends: datetime
    practitioner_id: str
    place_id: str = ""
    visit_type_id: str = ""
    resource_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.starts.tzinfo is None or self.ends <= self.starts:
            raise ValueError("a slot has an aware start before its end")


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked slot.

    ``sequence`` counts changes of time, place or status (RFC 5545 SEQUENCE).
    ``reason`` is administrative ("follow-up visit"), never a finding.
    ``resource_ids`` are held with the practitioner, from ``before_minutes`` before the start until
    ``after_minutes`` after the end. ``capacity`` is how many such visits the practitioner takes
    together. ``exception`` says why it was booked outside the rules (walk-in, overbooking) and is
    empty for every other appointment. ``cancelled_because`` is a `CancelReason`.
    """

    id: str
    patient_id: str
    practitioner_id: str
    starts: datetime
    ends: datetime
    status: AppointmentStatus
    booked_by: str
    created_at: datetime
    sequence: int = 0
    reason: str = ""
    place_id: str = ""
    visit_type_id: str = ""
    resource_ids: tuple[str, ...] = ()
    before_minutes: int = 0
    after_minutes: int = 0
    capacity: int = 1
    series_id: str = ""
    exception: str = ""
    cancelled_because: str = ""

    def __post_init__(self) -> None:
        if self.starts.tzinfo is None or self.ends <= self.starts:
            raise ValueError("an appointment has an aware start before its end")
        if self.capacity < 1 or min(self.before_minutes, self.after_minutes) < 0:
            raise ValueError("an appointment has a capacity, and buffers that are not negative")


class Channel(StrEnum):
    """How a notice travels."""

    EMAIL = "email"
    SMS = "sms"


class NoticeKind(StrEnum):
    """What a notice tells."""

    CONFIRMATION = "confirmation"
    PROVISIONAL = "provisional"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    REMINDER = "reminder"
    LOST_SLOT = "lost-slot"
    OFFER = "offer"


class Purpose(StrEnum):
    """What a patient may want to be written to for: word of a visit, or a reminder of it."""

    VISITS = "visits"
    REMINDERS = "reminders"


LONGEST_HELD = timedelta(days=2)
"""No notice is put off for longer; if one is, the clock has been set back since."""


class NoticeState(StrEnum):
    """Where a notice stands.

    UNKNOWN: handed over, the answer never came. ACCEPTED: the provider has it. DELIVERED and
    UNDELIVERED: the provider has said since that it reached the device, or never will.
    """

    PLANNED = "planned"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"

    @property
    def is_over(self) -> bool:
        """Whether nobody will try to send it any more."""
        return self not in {NoticeState.PLANNED, NoticeState.SENDING}


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """The clinic's rules of writing: reminder times, quiet hours in the recipient's wall time.

    ``ask_first``: nothing goes out before the patient has said yes; else a no is heeded.
    Quiet hours that begin when they end are none.
    """

    reminders: tuple[timedelta, ...] = (timedelta(hours=24),)
    quiet_from: time = time()
    quiet_until: time = time()
    ask_first: bool = False


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """A patient's yes or no to one channel for one purpose; ``by`` is who wrote it down."""

    channel: Channel
    purpose: Purpose
    allowed: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ContactPreferences:
    """How a patient wants to be written to; ``zone`` is where the patient lives, if elsewhere."""

    patient_id: str
    zone: str = ""
    answers: tuple[ContactAnswer, ...] = field(repr=False, default=())

    def answer(self, channel: Channel, purpose: Purpose) -> ContactAnswer | None:
        """Return what the patient said of it, if anything."""
        fitting = (one for one in self.answers if (one.channel, one.purpose) == (channel, purpose))
        return next(fitting, None)

    def said(self, channel: Channel, purpose: Purpose) -> bool | None:
        """Return yes, no, or None where there is no answer."""
        found = self.answer(channel, purpose)
        return None if found is None else found.allowed

    def allows(self, channel: Channel, purpose: Purpose, *, ask_first: bool = False) -> bool:
        """Whether to write that way; without an answer as the clinic's rule says."""
        said = self.said(channel, purpose)
        return not ask_first if said is None else said

    def without(self, *keys: tuple[Channel, Purpose]) -> ContactPreferences:
        """Return the preferences without those answers."""
        kept = tuple(one for one in self.answers if (one.channel, one.purpose) not in keys)
        return ContactPreferences(self.patient_id, self.zone, kept)

    def answered(self, *answers: ContactAnswer) -> ContactPreferences:
        """Return the preferences with those answers in place of earlier ones."""
        kept = self.without(*((one.channel, one.purpose) for one in answers)).answers
        return ContactPreferences(self.patient_id, self.zone, (*kept, *answers))


@dataclass(frozen=True, slots=True)
class Clinic:
    """Who writes: the name a patient knows, and the address that answers.

    Without ``email`` no invitation can be made (RFC 5546 requires an organizer). ``place`` is
    where to go, if the name does not say it.
    """

    name: str
    email: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a clinic has a name")


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a notice is for; an empty ``email`` or ``phone`` means: not that way.

    ``language`` is a BCP 47 tag; ``region`` (ISO 3166, "FR") is where a phone number
    without country code belongs, empty to accept only numbers that start with "+".
    """

    name: str = field(repr=False)
    email: str = field(repr=False, default="")
    phone: str = field(repr=False, default="")
    language: str = "en"
    region: str = ""
    preferences: ContactPreferences | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Notice:
    """One message due to one person.

    ``appointment_id`` of an offer is the wish on the waiting list, whose appointment bears the
    same id once it is booked; ``sequence`` then counts the offers made to it.
    Unique per appointment, kind, sequence, channel, recipient and ``ahead_minutes``, which is
    how long before the start a reminder was meant to come (0 for other kinds). ``zone`` is the
    recipient's.
    """

    id: str
    appointment_id: str
    kind: NoticeKind
    sequence: int
    channel: Channel
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    due_at: datetime
    expires_at: datetime
    state: NoticeState = NoticeState.PLANNED
    attempts: int = 0
    next_try_at: datetime | None = None
    last_error: str = ""
    provider_ref: str = ""
    invitation: str = field(repr=False, default="")
    ahead_minutes: int = 0
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A text message that came in; ``sender`` is the number as the network told it (E.164)."""

    sender: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime
