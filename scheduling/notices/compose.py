"""An appointment and an occasion made into the notices that should go out."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from scheduling.notices.addresses import usable_email, usable_phone
from scheduling.notices.invitation import invitation
from scheduling.notices.septets import LIMIT, septets, to_alphabet
from scheduling.notices.texts import Language, language_of
from scheduling.records import (
    Addressee,
    Appointment,
    Channel,
    Clinic,
    Notice,
    NoticeKind,
    Practitioner,
)

REMINDER_AHEAD = timedelta(hours=24)
"""How long before the appointment its reminder is due."""


def compose(
    appointment: Appointment,
    kind: NoticeKind,
    addressee: Addressee,
    practitioner: Practitioner,
    clinic: Clinic,
    now: datetime,
) -> tuple[Notice, ...]:
    """One notice for each channel that reaches the addressee; none if none does.

    A channel whose address is missing or unusable is left out; ``usable_email`` and
    ``usable_phone`` tell which. All notices expire when the appointment starts. A reminder
    is due 24 h before the start, and there is none for an appointment nearer than that: its
    confirmation has just said so. The ids follow from the notice's key, so composing twice
    gives the same notices.
    """
    due_at = appointment.starts - REMINDER_AHEAD if kind is NoticeKind.REMINDER else now
    if due_at < now:
        return ()
    email = usable_email(addressee.email)
    phone = usable_phone(addressee.phone, addressee.region)
    language = language_of(addressee.language)
    words = _words(appointment, addressee, practitioner, clinic, language)

    def notice(channel: Channel, recipient: str, texts: tuple[str, str], ical: str) -> Notice:
        return Notice(
            id=_id(appointment, kind, channel),
            appointment_id=appointment.id,
            kind=kind,
            sequence=appointment.sequence,
            channel=channel,
            recipient=recipient,
            subject=texts[0],
            body=texts[1],
            due_at=due_at,
            expires_at=appointment.starts,
            invitation=ical,
        )

    wording = language.wordings[kind]
    notices = []
    if email:
        ical = invitation(
            appointment,
            kind,
            email,
            practitioner,
            clinic,
            summary=language.summary.format_map(words),
            now=now,
        )
        texts = (wording.subject.format_map(words), wording.body.format_map(words))
        notices.append(notice(Channel.EMAIL, email, texts, ical))
    if phone:
        notices.append(notice(Channel.SMS, phone, ("", _sms(wording.sms, words)), ""))
    return tuple(notices)


def _words(
    appointment: Appointment,
    addressee: Addressee,
    practitioner: Practitioner,
    clinic: Clinic,
    language: Language,
) -> dict[str, str]:
    """What fills the placeholders; names are brought to one line."""
    local = appointment.starts.astimezone(ZoneInfo(practitioner.zone))
    return {
        "name": " ".join(addressee.name.split()),
        "practitioner": " ".join(practitioner.name.split()),
        "clinic": " ".join(clinic.name.split()),
        "when": language.long_form(local),
        "short": language.short_form(local),
    }


def _sms(forms: tuple[str, ...], words: dict[str, str]) -> str:
    """The fullest form that fits one message in the GSM alphabet; the last names nobody."""
    plain = {key: to_alphabet(text) for key, text in words.items()}
    for form in forms[:-1]:
        text = form.format_map(plain)
        told = all(plain[key] for key in ("clinic", "practitioner") if "{" + key in form)
        if told and (septets(text) or LIMIT + 1) <= LIMIT:
            return text
    return forms[-1].format_map(plain)


def _id(appointment: Appointment, kind: NoticeKind, channel: Channel) -> str:
    """The id that belongs to the notice's key."""
    key = f"sagittal:notice:{appointment.id}:{kind}:{appointment.sequence}:{channel}"
    return str(uuid5(NAMESPACE_URL, key))
