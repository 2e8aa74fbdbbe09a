"""An appointment and an occasion made into the notices that should go out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from scheduling.notices.addresses import usable_email, usable_phone
from scheduling.notices.invitation import invitation
from scheduling.notices.septets import LIMIT, septets, to_alphabet
from scheduling.notices.texts import Language, language_of
from scheduling.notices.timing import reminder_due
from scheduling.records import (
    Addressee,
    Appointment,
    Channel,
    Clinic,
    ContactPreferences,
    Notice,
    NoticeKind,
    NoticePolicy,
    Practitioner,
    Purpose,
)


def compose(
    appointment: Appointment,
    kind: NoticeKind,
    addressee: Addressee,
    practitioner: Practitioner,
    clinic: Clinic,
    now: datetime,
    policy: NoticePolicy = NoticePolicy(),  # noqa: B008 - a frozen record
    until: datetime | None = None,
) -> tuple[Notice, ...]:
    """The notices of one kind: one for each channel that reaches the addressee and is wanted.

    A channel whose address is missing or unusable is left out; ``usable_email`` and
    ``usable_phone`` tell which. So is one the addressee does not want for this purpose. All
    notices expire when the appointment starts, or ``until`` when an offer stands. There is one
    reminder for each time the policy names, and none for a time that has passed: the confirmation
    has just said so. The ids follow from the notice's key, so composing twice gives the same
    notices.
    """
    preferences = addressee.preferences or ContactPreferences(appointment.patient_id)
    purpose = purpose_of(kind)
    zone = preferences.zone or practitioner.zone
    language = language_of(addressee.language)
    expires_at = until or appointment.starts
    words = _words(appointment, addressee, practitioner, clinic, language, expires_at)
    wording = language.wordings[kind]
    notices = []
    for channel, recipient in _ways(addressee):
        if not preferences.allows(channel, purpose, ask_first=policy.ask_first):
            continue
        ical = ""
        if channel is Channel.EMAIL:
            texts = (wording.subject.format_map(words), wording.body.format_map(words))
            summary = language.summary.format_map(words)
            ical = invitation(
                appointment, kind, recipient, practitioner, clinic, summary=summary, now=now
            )
        else:
            texts = ("", sms_text(wording.sms, words))
        notices += [
            Notice(
                id=_id(appointment, kind, channel, recipient, ahead),
                appointment_id=appointment.id,
                kind=kind,
                sequence=appointment.sequence,
                channel=channel,
                recipient=recipient,
                subject=texts[0],
                body=texts[1],
                due_at=due_at,
                expires_at=expires_at,
                invitation=ical,
                ahead_minutes=ahead,
                zone=zone,
            )
            for due_at, ahead in _times(appointment, kind, policy, zone, now).items()
        ]
    return tuple(notices)


def spoken_name(name: str) -> str:
    """A name as one says it: “Doe, Jane” is Jane Doe."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else name


def purpose_of(kind: NoticeKind) -> Purpose:
    """What a patient must have agreed to for this kind."""
    return Purpose.REMINDERS if kind is NoticeKind.REMINDER else Purpose.VISITS


def _ways(addressee: Addressee) -> Iterator[tuple[Channel, str]]:
    """The channels that reach somebody, with the address made usable."""
    email = usable_email(addressee.email)
    phone = usable_phone(addressee.phone, addressee.region)
    if email:
        yield Channel.EMAIL, email
    if phone:
        yield Channel.SMS, phone


def _times(
    appointment: Appointment, kind: NoticeKind, policy: NoticePolicy, zone: str, now: datetime
) -> dict[datetime, int]:
    """When the notices are due, and the minutes ahead they were meant for.

    Of reminders that quiet hours bring to one time the last stays.
    """
    if kind is not NoticeKind.REMINDER:
        return {now: 0}
    due = {
        reminder_due(appointment.starts, ahead, policy, zone): ahead // timedelta(minutes=1)
        for ahead in sorted(policy.reminders, reverse=True)
    }
    return {at: ahead for at, ahead in due.items() if at >= now}


def _words(
    appointment: Appointment,
    addressee: Addressee,
    practitioner: Practitioner,
    clinic: Clinic,
    language: Language,
    until: datetime,
) -> dict[str, str]:
    """What fills the placeholders; names are brought to one line."""
    zone = ZoneInfo(practitioner.zone)
    local, last = appointment.starts.astimezone(zone), until.astimezone(zone)
    return {
        "name": " ".join(addressee.name.split()),
        "practitioner": " ".join(practitioner.name.split()),
        "clinic": " ".join(clinic.name.split()),
        "where": " ".join((clinic.place or clinic.name).split()),
        "when": language.long_form(local),
        "short": language.short_form(local),
        "until": language.long_form(last),
        "short_until": language.short_form(last),
    }


def sms_text(forms: tuple[str, ...], words: dict[str, str]) -> str:
    """The fullest form that fits one message in the GSM alphabet; the last names nobody."""
    plain = {key: to_alphabet(text) for key, text in words.items()}
    for form in forms[:-1]:
        text = form.format_map(plain)
        told = all(plain[key] for key in ("clinic", "practitioner") if "{" + key in form)
        if told and (septets(text) or LIMIT + 1) <= LIMIT:
            return text
    return forms[-1].format_map(plain)


def _id(
    appointment: Appointment, kind: NoticeKind, channel: Channel, recipient: str, ahead: int
) -> str:
    """The id that belongs to the notice's key."""
    key = (appointment.id, kind, str(appointment.sequence), channel, recipient, str(ahead))
    return str(uuid5(NAMESPACE_URL, "sagittal:notice:" + ":".join(key)))
