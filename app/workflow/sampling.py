"""What a message will look like, for whoever decides on the clinic's messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.workflow.settings import ClinicSettings
from scheduling.notices.compose import compose
from scheduling.notices.septets import SmsSize, size_of
from scheduling.notices.texts import languages
from scheduling.records import (
    Addressee,
    Appointment,
    AppointmentStatus,
    Channel,
    Clinic,
    NoticeKind,
    Practitioner,
)
from scheduling.rules.waiting import OFFER_LASTS

_NOON = datetime(2027, 5, 10, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """One kind of message in one language, to a person made up for it."""

    subject: str
    letter: str
    text: str
    size: SmsSize


def language_names() -> dict[str, str]:
    """Return the languages messages can be written in: tag and its own name."""
    return {tag: spoken.name for tag, spoken in languages().items()}


def sample(settings: ClinicSettings, tag: str, kind: NoticeKind) -> Sample:
    """Return the e-mail and the text message of a kind, as a patient would get them."""
    visit = Appointment(
        id="sample",
        patient_id="sample",
        practitioner_id="sample",
        starts=_NOON,
        ends=_NOON + timedelta(minutes=30),
        status=AppointmentStatus.BOOKED,
        booked_by="",
        created_at=_NOON,
    )
    made_at = _NOON - timedelta(days=7)
    made = compose(
        visit,
        kind,
        Addressee("Alex Martin", "alex@example.org", "+33612345678", tag),
        Practitioner("sample", "Dr Kim Weber", "", settings.zone),
        Clinic(settings.clinic_name or "Your clinic"),
        made_at,
        until=made_at + OFFER_LASTS if kind is NoticeKind.OFFER else None,
    )
    found = {notice.channel: notice for notice in made}
    mail, sms = found[Channel.EMAIL], found[Channel.SMS]
    return Sample(mail.subject, mail.body, sms.body, size_of(sms.body))
