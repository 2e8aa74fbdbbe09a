"""The words of the notices, by language and kind; the only place where they stand.

Placeholders: ``name``, ``practitioner``, ``clinic``, ``when`` (long form), ``short`` (short
form). A notice says who, where and when; it never says why, so nothing about a person's health
travels in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from scheduling.records import NoticeKind


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one kind of notice; ``sms`` goes from the fullest to the shortest form."""

    subject: str
    body: str
    sms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """Names of days and months, and the wordings."""

    days: tuple[str, ...]
    months: tuple[str, ...]
    summary: str
    wordings: Mapping[NoticeKind, Wording]

    def long_form(self, local: datetime) -> str:
        """Day, date, wall time, zone and offset: "Monday 3 May 2027, 14:30 (Europe/Paris, ...)"."""
        offset = local.strftime("%z")
        return (
            f"{self.days[local.weekday()]} {local.day} {self.months[local.month - 1]} "
            f"{local.year}, {local:%H:%M} ({local.tzinfo}, UTC{offset[:3]}:{offset[3:5]})"
        )

    def short_form(self, local: datetime) -> str:
        """Day, date and wall time: "Mon 3 May 2027 14:30"."""
        day, month = self.days[local.weekday()][:3], self.months[local.month - 1][:3]
        return f"{day} {local.day} {month} {local.year} {local:%H:%M}"


def _wording(subject: str, sentence: str, advice: str, sms: str) -> Wording:
    """A wording of the shape all English ones share."""
    return Wording(
        subject=subject + ": {when}",
        body=f"Dear {{name}},\n\n{sentence}\n\n    {{when}}\n    with {{practitioner}}\n"
        f"    at {{clinic}}\n\n{advice}\n\n{{clinic}}\n",
        sms=(
            f"{{clinic}}: {sms} {{short}} with {{practitioner}}.",
            f"{{clinic}}: {sms} {{short}}.",
            f"{sms[0].upper()}{sms[1:]} {{short}}.",
        ),
    )


ENGLISH = Language(
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    summary="Appointment with {practitioner}, {clinic}",
    wordings=MappingProxyType(
        {
            NoticeKind.CONFIRMATION: _wording(
                "Appointment confirmed",
                "Your appointment is confirmed:",
                "If you cannot come, please tell us by answering this message.",
                "your appointment is confirmed:",
            ),
            NoticeKind.PROVISIONAL: _wording(
                "Appointment to be confirmed",
                "We have noted your wish for this appointment. It is still to be confirmed:",
                "Please wait for our confirmation before you come.",
                "your appointment is still to be confirmed:",
            ),
            NoticeKind.CANCELLATION: _wording(
                "Appointment cancelled",
                "This appointment has been cancelled:",
                "Please answer this message to find another time.",
                "your appointment is cancelled:",
            ),
            NoticeKind.REMINDER: _wording(
                "Appointment reminder",
                "We look forward to seeing you at your appointment:",
                "If you cannot come, please tell us by answering this message.",
                "reminder of your appointment:",
            ),
            NoticeKind.LOST_SLOT: _wording(
                "Appointment could not be confirmed",
                "We are sorry: this time was already taken, and could not be confirmed:",
                "Please answer this message to find another time.",
                "sorry, this time was already taken, please call us:",
            ),
        }
    ),
)

LANGUAGES: Mapping[str, Language] = MappingProxyType({"en": ENGLISH})


def language_of(tag: str) -> Language:
    """The language of a BCP 47 tag ("en-GB"), English where there is none."""
    return LANGUAGES.get(tag.split("-", maxsplit=1)[0].lower(), ENGLISH)
