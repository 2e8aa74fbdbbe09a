"""An outbox in memory with real transactions, and transports that can fail or kill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from scheduling.places import Waiting
from scheduling.records import (
    LONGEST_HELD,
    Appointment,
    Channel,
    ContactPreferences,
    Notice,
    NoticeState,
)
from tests.scheduling.samples import WISH


class Killed(BaseException):
    """The process ends here: nothing after this runs."""


@dataclass
class MemoryNotices:
    """NoticeShelf over a dictionary."""

    rows: dict[str, Notice] = field(default_factory=dict)

    def put(self, notice: Notice) -> None:
        self.rows.setdefault(notice.id, notice)

    def update(self, notice: Notice) -> None:
        self.rows[notice.id] = notice

    def get(self, notice_id: str) -> Notice | None:
        return self.rows.get(notice_id)

    def due(self, now: datetime) -> tuple[Notice, ...]:
        wanted = (
            each
            for each in self.rows.values()
            if each.state in (NoticeState.PLANNED, NoticeState.SENDING)
            and each.due_at <= now
            and (each.next_try_at is None or not now < each.next_try_at <= now + LONGEST_HELD)
        )
        return tuple(sorted(wanted, key=lambda each: (each.due_at, each.id)))

    def of_appointment(self, appointment_id: str) -> tuple[Notice, ...]:
        return tuple(each for each in self.rows.values() if each.appointment_id == appointment_id)

    def followed(self, since: datetime, now: datetime) -> tuple[Notice, ...]:
        return tuple(
            each
            for each in self.rows.values()
            if each.state is NoticeState.ACCEPTED
            and each.channel is Channel.SMS
            and each.due_at >= since
            and (each.next_try_at is None or each.next_try_at <= now)
        )

    def sent_to(self, recipient: str) -> tuple[Notice, ...]:
        return tuple(each for each in self.rows.values() if each.recipient == recipient)


@dataclass
class MemoryAppointments:
    """AppointmentShelf over a dictionary, as far as the outbox asks."""

    rows: dict[str, Appointment] = field(default_factory=dict)

    def put(self, appointment: Appointment) -> None:
        self.rows[appointment.id] = appointment

    def get(self, appointment_id: str) -> Appointment | None:
        return self.rows.get(appointment_id)

    def of_patient(self, patient_id: str) -> tuple[Appointment, ...]:
        return tuple(each for each in self.rows.values() if each.patient_id == patient_id)

    def between(
        self, starts: datetime, ends: datetime, practitioner_id: str = ""
    ) -> tuple[Appointment, ...]:
        return tuple(
            each
            for each in self.rows.values()
            if each.starts < ends
            and starts < each.ends
            and practitioner_id in ("", each.practitioner_id)
        )


@dataclass
class MemoryPreferences:
    """PreferenceShelf over a dictionary."""

    rows: dict[str, ContactPreferences] = field(default_factory=dict)

    def put(self, preferences: ContactPreferences) -> None:
        self.rows[preferences.patient_id] = preferences

    def get(self, patient_id: str) -> ContactPreferences | None:
        return self.rows.get(patient_id)


@dataclass
class MemoryWaiting:
    """The waiting list over a dictionary, as far as the outbox asks."""

    rows: dict[str, Waiting] = field(default_factory=dict)

    def get(self, waiting_id: str) -> Waiting | None:
        return self.rows.get(waiting_id)


@dataclass
class MemoryLedger:
    notices: MemoryNotices
    appointments: MemoryAppointments
    waiting: MemoryWaiting
    preferences: MemoryPreferences


class MemoryBooks:
    """NoticeBooks whose transactions commit or roll back, and can be killed at a commit.

    ``kill_at`` is the number of the commit at which the process dies; ``commit_first`` says on
    which side of it.
    """

    def __init__(self, notices: list[Notice], appointment: Appointment) -> None:
        self.notices = MemoryNotices({each.id: each for each in notices})
        self.appointments = MemoryAppointments({appointment.id: appointment})
        self.waiting = MemoryWaiting({WISH.id: WISH})
        self.preferences = MemoryPreferences()
        self.commits = 0
        self.kill_at = -1
        self.commit_first = False
        self.inside = False
        self.shelf_type = MemoryNotices

    @contextmanager
    def begin(self) -> Iterator[MemoryLedger]:
        ledger = MemoryLedger(
            self.shelf_type(dict(self.notices.rows)),
            MemoryAppointments(dict(self.appointments.rows)),
            self.waiting,
            self.preferences,
        )
        self.inside = True
        try:
            yield ledger
        finally:
            self.inside = False
        self.commits += 1
        dies = self.commits == self.kill_at
        if not dies or self.commit_first:
            self.notices = MemoryNotices(ledger.notices.rows)
            self.appointments = ledger.appointments
        if dies:
            raise Killed

    def state(self, notice_id: str) -> NoticeState:
        return self.notices.rows[notice_id].state


@dataclass
class ScriptedTransport:
    """A transport that does what its script says, then accepts; counts what really went out.

    A step is an exception to raise, before or (in a pair with True) after delivering, or None.
    """

    channel: Channel
    books: MemoryBooks | None = None
    script: list = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)

    def send(self, notice: Notice) -> str:
        assert self.books is None or not self.books.inside, "sent inside a transaction"
        step = self.script.pop(0) if self.script else None
        error, goes_out = step if isinstance(step, tuple) else (step, False)
        if error is None or goes_out:
            self.delivered.append(notice.id)
        if error is not None:
            raise error
        return f"ref-{len(self.delivered)}"
