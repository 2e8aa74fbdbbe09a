"""The words of the notices by language and kind, read from ``resources/notices/*.toml``.

One more language is one more file. A notice says who, where and when; it never says why, so
nothing about a person's health travels in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from resources.languages import nearest, read
from scheduling.records import NoticeKind


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one kind of notice; ``sms`` goes from the fullest to the shortest form.

    Placeholders: ``name``, ``practitioner``, ``clinic``, ``where``, ``when`` (long form),
    ``short`` (short form); of an offer ``until`` and ``short_until`` it stands.
    """

    subject: str
    body: str
    sms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """Names of days and months, how a time is said, and the wordings."""

    name: str
    days: tuple[str, ...]
    short_days: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    long: str
    short: str
    summary: str
    wordings: Mapping[NoticeKind, Wording]

    def long_form(self, local: datetime) -> str:
        """Day, date, wall time, zone and offset: "Monday 3 May 2027, 14:30 (Europe/Paris, ...)"."""
        return _said(self.long, local, self.days, self.months)

    def short_form(self, local: datetime) -> str:
        """Day, date and wall time: "Mon 3 May 2027 14:30"."""
        return _said(self.short, local, self.short_days, self.short_months)


@cache
def languages() -> Mapping[str, Language]:
    """Every language there is a file for, by its BCP 47 primary subtag."""
    return MappingProxyType({tag: _language(file) for tag, file in read("notices").items()})


def language_of(tag: str) -> Language:
    """The language of a BCP 47 tag ("en-GB"), English where there is none."""
    return nearest(tag, languages())


def _said(form: str, local: datetime, days: tuple[str, ...], months: tuple[str, ...]) -> str:
    offset = local.strftime("%z")
    return form.format(
        weekday=days[local.weekday()],
        day=local.day,
        month=months[local.month - 1],
        year=local.year,
        time=f"{local:%H:%M}",
        zone=local.tzinfo,
        offset=f"{offset[:3]}:{offset[3:5]}",
    )


def _language(file: Mapping[str, Any]) -> Language:
    """The language of a file; KeyError where it says too little."""
    return Language(
        name=file["name"],
        days=tuple(file["days"]),
        short_days=tuple(file["short_days"]),
        months=tuple(file["months"]),
        short_months=tuple(file["short_months"]),
        long=file["long"],
        short=file["short"],
        summary=file["summary"],
        wordings=MappingProxyType({kind: _wording(file, file[kind.value]) for kind in NoticeKind}),
    )


def _wording(file: Mapping[str, Any], words: Mapping[str, str]) -> Wording:
    """One kind's words, set into the letter and the texts the whole language shares."""
    sms = words["sms"]
    body = file["letter"].lstrip("\n")
    for place in ("sentence", "advice"):
        body = body.replace("{" + place + "}", words[place])
    forms = (
        form.replace("{sms}", sms).replace("{Sms}", sms[0].upper() + sms[1:])
        for form in file["text"]
    )
    if "end" in words:
        forms = (f"{form} {words['end']}" for form in tuple(forms))
    return Wording(words["subject"] + ": {when}", body, tuple(forms))
