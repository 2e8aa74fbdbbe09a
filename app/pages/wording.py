"""How dates, ages and states are put into words for a person; times become local only here."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.accounts.records import EmergencyReason
from app.records import Role, WorklistStatus
from assistant.phrases import Phrases
from scheduling.records import AppointmentStatus, CancelReason, NoticeKind, NoticeState

STATUS_WORDS = {
    WorklistStatus.UNREAD: ("Unread", ""),
    WorklistStatus.ASSIGNED: ("Assigned", "accent"),
    WorklistStatus.DRAFT: ("Draft", "warning"),
    WorklistStatus.PRELIMINARY: ("Preliminary", "warning"),
    WorklistStatus.SIGNED: ("Signed", "good"),
    WorklistStatus.RELEASED: ("Released", "good"),
}
"""Word and tint of a study's status."""

APPOINTMENT_WORDS = {
    AppointmentStatus.PENDING: ("Provisional", "warning"),
    AppointmentStatus.BOOKED: ("Booked", "accent"),
    AppointmentStatus.ARRIVED: ("Arrived", "good"),
    AppointmentStatus.FULFILLED: ("Done", "good"),
    AppointmentStatus.CANCELLED: ("Cancelled", "muted"),
    AppointmentStatus.NOSHOW: ("Did not come", "danger"),
}
"""Word and tint of an appointment's status."""

CANCEL_REASONS = {
    CancelReason.PATIENT: "The patient asked for it",
    CancelReason.BETTER: "The patient feels better",
    CancelReason.TRANSPORT: "No transport",
    CancelReason.DECEASED: "The patient has died",
    CancelReason.PRACTITIONER: "The practitioner is away",
    CancelReason.EQUIPMENT: "The equipment is down",
    CancelReason.ROOM: "No room",
    CancelReason.WEATHER: "Weather",
    CancelReason.MISTAKE: "Booked by mistake",
    CancelReason.OTHER: "Another reason",
}
"""Why the clinic cancels an appointment."""

NOTICE_WORDS = {
    NoticeState.PLANNED: ("Waiting", "warning"),
    NoticeState.SENDING: ("Being sent", "info"),
    NoticeState.ACCEPTED: ("Sent", "good"),
    NoticeState.FAILED: ("Failed", "danger"),
    NoticeState.EXPIRED: ("Too late to send", ""),
    NoticeState.UNKNOWN: ("Perhaps sent", "warning"),
    NoticeState.DELIVERED: ("Arrived", "good"),
    NoticeState.UNDELIVERED: ("Did not arrive", "danger"),
}
"""Word and tint of a notice's state."""

NOTICE_KINDS = {
    NoticeKind.CONFIRMATION: "Confirmation",
    NoticeKind.PROVISIONAL: "Provisional booking",
    NoticeKind.CHANGE: "Moved",
    NoticeKind.CANCELLATION: "Cancellation",
    NoticeKind.REMINDER: "Reminder",
    NoticeKind.LOST_SLOT: "Time was taken",
    NoticeKind.OFFER: "Offer of a freed time",
}
"""What a notice tells, as a person would call it."""

ROLE_WORDS = {
    Role.DOCTOR: "Doctor",
    Role.PATIENT: "Patient",
    Role.RECEPTIONIST: "Receptionist",
    Role.ADMINISTRATOR: "Administrator",
}
"""A role as a person would call it."""

EMERGENCY_REASONS = {
    EmergencyReason.LIFE_THREATENING: "The patient's life is in danger",
    EmergencyReason.ON_CALL: "I am on call",
    EmergencyReason.READER_AWAY: "The reader is away",
    EmergencyReason.TRANSFER: "The patient was transferred to me",
    EmergencyReason.OTHER: "Another reason",
}
"""Why a doctor opens a chart in an emergency."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def zone_of(name: str) -> tzinfo:
    """Time zone of that IANA name, or UTC where it is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def day(value: date | None) -> str:
    """Day as ``3 Mar 2026``, or an empty text."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}" if value else ""


def moment(value: datetime, zone: tzinfo) -> str:
    """Instant as local day and time: ``3 Mar 2026, 14:05``."""
    local = value.astimezone(zone)
    return f"{day(local)}, {local:%H:%M}"


def moment_in(value: datetime, zone: tzinfo, words: Phrases) -> str:
    """Instant as local day and time, short, in a language: ``3 Mar 2026, 14:05``."""
    local = value.astimezone(zone)
    month = words.row("date.months")[local.month - 1]
    on = words.say("date.day", day=local.day, month=month, year=local.year)
    return words.say("date.moment", day=on, time=f"{local:%H:%M}")


def meeting(starts: datetime, ends: datetime, zone: tzinfo) -> str:
    """Time of an appointment: ``Tuesday 3 Mar 2026, 14:00–14:30``."""
    start, end = starts.astimezone(zone), ends.astimezone(zone)
    return f"{WEEKDAYS[start.weekday()]} {day(start)}, {start:%H:%M}–{end:%H:%M}"


def until(at: time | datetime) -> str:
    """Time of day that ends something; midnight is ``24:00``."""
    return "24:00" if (at.hour, at.minute) == (0, 0) else f"{at:%H:%M}"


def ago(seconds: float) -> str:
    """How long ago: ``just now``, ``12 min ago``, ``3 h ago``, ``2 days ago``."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} h ago"
    return f"{hours // 24} days ago"


def age(birth_date: date | None, on: date) -> str:
    """Completed years on a day, or an empty text."""
    if birth_date is None:
        return ""
    years = on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
    return str(years)
