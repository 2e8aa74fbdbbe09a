"""Changing the clinic's settings, and enrolling this workstation with the central server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.accounts.permissions import Permission
from app.errors import WorkstationError
from app.workflow.comparing import ask_for
from app.workflow.exchanging import calendar_server
from app.workflow.planned import LEASES
from app.workflow.restored import let_go
from app.workflow.session import Session
from app.workflow.settings import ClinicSettings, read_settings, write_settings
from sync.records import Peer
from sync.transport.client import enrol as enrol_device

DEVICE_KEY = "device-key"
MOST_DAYS = 14
"""How many days ahead time may be leased; the server grants a day more."""


def clinic_settings(session: Session) -> ClinicSettings:
    """Return the settings; passwords only for those who may change them."""
    with session.begin() as work:
        settings = read_settings(work)
    if session.can(Permission.CONFIGURE):
        return settings
    return ClinicSettings(
        clinic_name=settings.clinic_name,
        zone=settings.zone,
        country=settings.country,
        emergency_number=settings.emergency_number,
        server_url=settings.server_url,
        read_mode=settings.read_mode,
    )


def save_settings(session: Session, settings: ClinicSettings) -> None:
    """Change the settings."""
    session.authorize(Permission.CONFIGURE)
    if not 0 <= settings.offline_share <= 100 or not 1 <= settings.offline_days <= MOST_DAYS:
        raise WorkstationError(f"Time is kept for up to {MOST_DAYS} days, up to all of it.")
    try:
        settings.transports()
        settings.policy()
        calendar_server(settings)
        ZoneInfo(settings.zone)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise WorkstationError(
            f"“{settings.zone}” is not a time zone, e.g. Europe/Paris."
        ) from error
    except ValueError as error:
        raise WorkstationError(f"These settings do not work: {error}.") from error
    with session.begin() as work:
        write_settings(work, settings)
        work.note("settings.changed", "clinic")


def enrol(session: Session, server_url: str, code: str) -> None:
    """Register this workstation with the server by the one-time code its administrator gave.

    What was known of a server before is compared with this one at the next turn, and what this one
    lacks is offered to it: so a server restored from a backup, or a new one, gets it all again. A
    workstation that was itself restored gets back what the server has (app.workflow.restored).
    """
    session.authorize(Permission.CONFIGURE)
    with session.begin() as work:
        settings = read_settings(work)
        stored = work.settings.get(DEVICE_KEY)
    private_key = (
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(stored))
        if stored
        else Ed25519PrivateKey.generate()
    )
    try:
        device_id = enrol_device(
            server_url,
            code,
            private_key,
            ca_bundle=Path(settings.server_ca) if settings.server_ca else None,
        )
    except ValueError as error:
        raise WorkstationError(f"This address does not work: {error}.") from error
    with session.begin() as work:
        settings = read_settings(work)
        work.settings.put(DEVICE_KEY, private_key.private_bytes_raw().hex())
        ask_for(work, session.now())
        let_go(work)
        work.settings.put(LEASES, "")
        work.replica.set_peer(Peer(url=server_url, device_id=device_id))
        write_settings(work, replace(settings, server_url=server_url))
        work.note("server.enrolled", device_id)
