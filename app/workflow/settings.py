"""The clinic's settings: kept encrypted with everything else, changed by an administrator."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.records import ReadMode
from scheduling.notices.settings import NoticeSettings

if TYPE_CHECKING:
    from app.storage.people import SettingShelf
    from app.storage.work import Work


_KEY = "clinic"


@dataclass(frozen=True, slots=True)
class ClinicSettings(NoticeSettings):
    """Name and place of the clinic, and how it reaches the world: its messages and the rest.

    Attributes
    ----------
    zone
        IANA time zone of the place.
    emergency_number
        What an administrator typed; empty: that of the country.
    language
        BCP 47 tag of patients whose own is not known.
    caldav_url
        Address below which each practitioner's calendar is kept up, or empty.
    server_ca
        Path of a certificate file the server's certificate must chain to, or empty.
    offline_share
        How many of a hundred free hours this workstation leases from the server, so that it may
        book there for good offline; 0: none.
    offline_days
        For how many days ahead.
    offline_people
        Ids of the practitioners whose hours are leased; none: everybody's.
    names_in_access_lists
        Whether patients read the names of staff in the list of who saw their data, or roles only.
    read_mode
        When readers see what the models found, in studies they open from now on (ADR 27).
    """

    zone: str = "UTC"
    emergency_number: str = ""
    language: str = "en"
    caldav_url: str = ""
    caldav_user: str = ""
    caldav_password: str = field(default="", repr=False)
    server_url: str = ""
    server_ca: str = ""
    offline_share: int = 0
    offline_days: int = 3
    offline_people: tuple[str, ...] = ()
    names_in_access_lists: bool = True
    read_mode: ReadMode = ReadMode.BLIND_FIRST

    def __post_init__(self) -> None:
        object.__setattr__(self, "read_mode", ReadMode(self.read_mode))
        object.__setattr__(self, "offline_people", tuple(self.offline_people))


def read_settings(work: Work) -> ClinicSettings:
    """Settings as stored; entries this version does not know are left alone."""
    return _read(work.settings)


def clinic_zone(shelf: SettingShelf) -> str:
    """IANA time zone of the clinic."""
    return _read(shelf).zone


def day_in(zone: str | tzinfo, at: datetime) -> date:
    """Return the day of a calendar in that zone at an aware moment; UTC's where it is unknown."""
    if isinstance(zone, str):
        try:
            zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            zone = UTC
    return at.astimezone(zone).date()


def _read(shelf: SettingShelf) -> ClinicSettings:
    stored = json.loads(shelf.get(_KEY) or "{}")
    names = {entry.name for entry in fields(ClinicSettings)}
    return ClinicSettings(**{name: value for name, value in stored.items() if name in names})


def has_server(work: Work) -> bool:
    """Whether this workstation is enrolled with a server; an address alone is no server."""
    return bool(read_settings(work).server_url) and work.replica.peer() is not None


def write_settings(work: Work, settings: ClinicSettings) -> None:
    """Store the settings whole."""
    work.settings.put(_KEY, json.dumps(asdict(settings)))
