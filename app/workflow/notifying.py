"""The notice outbox: its turn, and what a page shows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from app.accounts.permissions import Permission
from app.records import SYSTEM
from app.storage.work import Storage, Work
from app.workflow.outgoing import send_patient_again
from app.workflow.session import Session
from app.workflow.settings import read_settings
from app.workflow.timekeeping import note_turn
from scheduling.errors import TransportError
from scheduling.notices import following, outbox
from scheduling.ports import MessageTransport, ReplyBox
from scheduling.records import Channel, Notice
from viewer.ports import Progress

HEAR_EVERY = timedelta(minutes=2)
HEAR_BACK = timedelta(hours=1)
"""How far back replies are read again, for clocks that differ."""

_HEARD = "replies-heard"


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
    """Send what is due by the transports the clinic has configured.

    After the clock leapt nothing is given up for its time, see ``scheduling.rules.leaps``.
    """
    belief = note_turn(storage, now)
    certain = belief.known(now)
    with storage.begin(SYSTEM) as work:
        settings = read_settings(work)
    books, routes = StorageBooks(storage), settings.transports()
    _hear(storage, books, routes, certain)
    result = outbox.turn(books, routes, now, progress, settings.policy(), belief.doubted)
    following.follow(books, routes, certain)
    return result


def _hear(
    storage: Storage,
    books: StorageBooks,
    routes: Mapping[Channel, MessageTransport],
    now: datetime,
) -> None:
    """Heed patients who answered STOP or START, every few minutes."""
    box = routes.get(Channel.SMS)
    if not isinstance(box, ReplyBox):
        return
    with storage.begin(SYSTEM) as work:
        last = work.settings.get(_HEARD)
    since = datetime.fromisoformat(last) if last else now - HEAR_BACK
    if last and since <= now < since + HEAR_EVERY:
        return
    try:
        changed = following.take_replies(books, box, since - HEAR_BACK)
    except TransportError:
        return  # asked again at the next turn
    with storage.begin(SYSTEM) as work:
        work.settings.put(_HEARD, now.isoformat())
        for patient_id in changed:
            patient = work.patients.get(patient_id)
            if patient is not None:
                send_patient_again(work, patient, now)
            work.note(
                "patient.preferences-changed",
                patient_id,
                patient_id=patient_id,
                detail=following.BY_REPLY,
            )
