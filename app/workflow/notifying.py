"""The notice outbox: its turn, and what a page shows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from app.accounts.permissions import Permission
from app.records import SYSTEM
from app.storage.work import Storage, Work
from app.workflow.session import Session
from app.workflow.settings import ClinicSettings, read_settings
from app.workflow.telling import policy_of
from scheduling.notices import outbox
from scheduling.notices.transports.kannel import KannelTransport
from scheduling.notices.transports.smtp import SmtpTransport
from scheduling.notices.transports.twilio import TwilioTransport
from scheduling.ports import MessageTransport
from scheduling.records import Channel, Notice
from viewer.ports import Progress


class StorageBooks:
    """Opens the notice shelves of the storage, one transaction at a time."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Commit on success, roll back on any exception."""
        with self._storage.begin(SYSTEM) as work:
            yield work


def notices(session: Session, appointment_id: str) -> tuple[Notice, ...]:
    """Return the messages planned and sent for an appointment."""
    session.authorize(Permission.SEE_NOTICES)
    with session.begin() as work:
        return work.notices.of_appointment(appointment_id)


def turn(storage: Storage, now: datetime, progress: Progress) -> outbox.TurnResult:
    """Send what is due by the transports the clinic has configured."""
    with storage.begin(SYSTEM) as work:
        settings = read_settings(work)
    books, policy = StorageBooks(storage), policy_of(settings)
    return outbox.turn(books, transports(settings), now, progress, policy)


def transports(settings: ClinicSettings) -> Mapping[Channel, MessageTransport]:
    """Return the configured transports by channel."""
    found: dict[Channel, MessageTransport] = {}
    if settings.smtp_host:
        found[Channel.EMAIL] = SmtpTransport(
            settings.smtp_host,
            settings.smtp_port,
            security=settings.smtp_security,
            username=settings.smtp_user,
            password=settings.smtp_password,
            sender=settings.smtp_sender,
        )
    if settings.sms_kind == "kannel":
        found[Channel.SMS] = KannelTransport(
            settings.sms_url, settings.sms_user, settings.sms_password, settings.sms_sender
        )
    elif settings.sms_kind == "twilio":
        found[Channel.SMS] = TwilioTransport(
            settings.sms_url, settings.sms_user, settings.sms_password, settings.sms_sender
        )
    return found
