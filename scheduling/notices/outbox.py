"""The retrying turn: due notices handed to their transports, each as often as is right.

One notice goes PLANNED -> SENDING -> ACCEPTED, FAILED, UNKNOWN or back to PLANNED, or it goes
to EXPIRED. Each arrow is one transaction; nothing is ever sent inside one.

- The claim re-reads the notice and its appointment, or the wish an offer was made to. A notice
  whose appointment has since moved on, been cancelled or begun, whose offer was answered or ran
  out, or whose patient no longer wants it, is expired; of reminders that are late together only
  the last goes out. In the recipient's quiet hours it waits. Otherwise it
  is marked SENDING and its attempt counted, durably, before anything leaves.
- The claim holds for `LEASE`. A notice still SENDING after that was left by a sender that died;
  whether it went out nobody knows. The same is true of a transport that reports its failure
  as uncertain.
- What is uncertain is settled by `may_repeat`. A reminder, and any SMS that is not urgent news, is
  never sent twice: it becomes UNKNOWN, for a person to see. A cancellation or a lost slot is sent
  until somebody took it, for missing it costs a patient a journey. Other e-mail is sent again
  too: it carries the same Message-ID, by which mail stores recognise the copy.
- In a turn whose clock is in doubt (``scheduling.rules.leaps``) nothing ends because its time has
  passed: what would expire, reminders the leap made due, and claims it made old, stay as they are.
- A settlement counts if the claim is still this sender's own (same attempt); an acceptance counts
  always, for it is a fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduling.errors import TransportError
from scheduling.notices.compose import purpose_of
from scheduling.notices.timing import URGENT, held_until
from scheduling.places import Waiting, WaitingStatus
from scheduling.ports import MessageTransport, NoticeBooks, NoticeLedger
from scheduling.records import (
    LONGEST_HELD,
    Appointment,
    AppointmentStatus,
    Channel,
    ContactPreferences,
    Notice,
    NoticeKind,
    NoticePolicy,
    NoticeState,
)

Progress = Callable[[float, str], None]

LEASE = timedelta(minutes=10)
"""How long a claim holds; longer than a turn of `BATCH` sends takes when all time out."""

BATCH = 20
"""Sends in one turn at most."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)

_FITTING: Mapping[NoticeKind, frozenset[AppointmentStatus]] = {
    NoticeKind.CONFIRMATION: frozenset({AppointmentStatus.BOOKED}),
    NoticeKind.PROVISIONAL: frozenset({AppointmentStatus.PENDING}),
    NoticeKind.CHANGE: frozenset({AppointmentStatus.BOOKED}),
    NoticeKind.REMINDER: frozenset({AppointmentStatus.BOOKED}),
    NoticeKind.CANCELLATION: frozenset({AppointmentStatus.CANCELLED}),
    NoticeKind.LOST_SLOT: frozenset({AppointmentStatus.CANCELLED}),
}


@dataclass(frozen=True, slots=True)
class TurnResult:
    """The ids of the notices one turn touched, by what became of them.

    ``waiting`` will be tried again; ``unknown`` may have gone out and will not be.
    """

    accepted: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def turn(
    books: NoticeBooks,
    transports: Mapping[Channel, MessageTransport],
    now: datetime,
    progress: Progress,
    policy: NoticePolicy = NoticePolicy(),  # noqa: B008 - a frozen record
    believed: datetime | None = None,
) -> TurnResult:
    """Try every notice due at ``now`` once, `BATCH` sends at most, and say what became of them.

    A channel without transport leaves its notices planned, with the reason in ``last_error``.
    Turns may run side by side; ``progress`` may raise to stop between two notices. ``believed`` is
    the last time that is certain to have come, where ``now`` is in doubt.
    """
    with books.begin() as ledger:
        due = ledger.notices.due(now)
    if believed is not None:
        due = tuple(one for one in due if not _made_by_leap(one, now, believed))
    seen: list[Notice] = []
    sends = 0
    for index, notice in enumerate(due):
        progress(index / len(due), f"Notice {index + 1} of {len(due)}")
        transport = transports.get(notice.channel)
        with books.begin() as ledger:
            claimed = _claim(
                ledger, notice.id, (now, believed or now), policy, reachable=transport is not None
            )
        if claimed is None:
            continue
        if transport is not None and claimed.state is NoticeState.SENDING:
            sent = _send(claimed, transport, believed or now)
            with books.begin() as ledger:
                claimed = _settle(ledger, claimed, sent)
            sends += 1
        seen.append(claimed)
        if sends == BATCH:
            break
    progress(1.0, "Notices done")
    return _result(seen)


def next_wait(attempts: int) -> timedelta:
    """How long to wait after that many attempts: 30 s, doubled each time, an hour at most."""
    doublings = min(max(attempts, 1) - 1, 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def may_repeat(notice: Notice) -> bool:
    """Whether the notice may be sent again when it may already have gone out."""
    if notice.kind in URGENT:
        return True
    return notice.channel is Channel.EMAIL and notice.kind is not NoticeKind.REMINDER


def outdated(notice: Notice, appointment: Appointment | None, now: datetime) -> str:
    """Why the notice must not go out any more, or "" if it may."""
    if now >= notice.expires_at:
        return "its time has passed"
    if appointment is None:
        return "its appointment is not there"
    if appointment.sequence != notice.sequence:
        return "its appointment has changed since"
    if appointment.status not in _FITTING[notice.kind]:
        return f"its appointment is {appointment.status}"
    return ""


def answered(notice: Notice, wish: Waiting | None, now: datetime) -> str:
    """Why an offer must not go out any more, or "" if it may."""
    if now >= notice.expires_at:
        return "its time has passed"
    stands = wish is not None and wish.status is WaitingStatus.OFFERED
    if wish is None or not stands or len(wish.declined) != notice.sequence:
        return "the offer no longer stands"
    return ""


def _made_by_leap(notice: Notice, now: datetime, believed: datetime) -> bool:
    """Whether a notice wants attention only if the clock, which is in doubt, is right."""
    early = notice.kind is NoticeKind.REMINDER and notice.due_at > believed
    return early or now >= notice.expires_at or notice.state is NoticeState.SENDING


def _claim(
    ledger: NoticeLedger,
    notice_id: str,
    times: tuple[datetime, datetime],
    policy: NoticePolicy,
    *,
    reachable: bool,
) -> Notice | None:
    """The notice as it stands after the claim; None if another sender has it or has settled it.

    ``times`` are what the clock shows and what of it is certain.
    """
    now, certain = times
    notice = ledger.notices.get(notice_id)
    if notice is None or not _wants_attention(notice, now):
        return None
    if notice.state is NoticeState.SENDING and not may_repeat(notice):
        after = _lost(notice, "the program stopped while sending")
    elif reason := _needless(ledger, notice, certain, policy):
        after = replace(
            notice,
            state=NoticeState.EXPIRED,
            next_try_at=None,
            last_error=f"No longer sent: {reason}.",
        )
    else:
        after = _taken(notice, now, policy, reachable=reachable)
    if after != notice:
        ledger.notices.update(after)
    return after


def _needless(ledger: NoticeLedger, notice: Notice, now: datetime, policy: NoticePolicy) -> str:
    """Why the notice must not go out, as the books stand now, or "" if it may."""
    about: Appointment | Waiting | None
    if notice.kind is NoticeKind.OFFER:
        about = ledger.waiting.get(notice.appointment_id)
        reason = answered(notice, about, now)
    else:
        about = ledger.appointments.get(notice.appointment_id)
        reason = outdated(notice, about, now)
    if reason:
        return reason
    patient_id = about.patient_id if about is not None else ""
    preferences = ledger.preferences.get(patient_id) or ContactPreferences(patient_id)
    if not preferences.allows(notice.channel, purpose_of(notice.kind), ask_first=policy.ask_first):
        return "the patient does not want it"
    if notice.kind is NoticeKind.REMINDER and any(
        _is_later_reminder(other, notice, now)
        for other in ledger.notices.of_appointment(notice.appointment_id)
    ):
        return "a later reminder is due already"
    return ""


def _is_later_reminder(other: Notice, notice: Notice, now: datetime) -> bool:
    """Whether both remind one person of one thing, and the other one's time has come as well."""
    same = ("kind", "sequence", "channel", "recipient")
    return (
        all(getattr(other, name) == getattr(notice, name) for name in same)
        and other.ahead_minutes < notice.ahead_minutes
        and other.due_at <= now
    )


def _taken(notice: Notice, now: datetime, policy: NoticePolicy, *, reachable: bool) -> Notice:
    """The notice, taken for sending, or put off until it can go out."""
    if not reachable:
        return replace(
            notice,
            state=NoticeState.PLANNED,
            last_error=f"No way to send {notice.channel} is set up.",
        )
    held = held_until(
        notice.kind, notice.channel, now, notice.expires_at, policy, notice.zone or "UTC"
    )
    if held is not None:
        return replace(
            notice,
            state=NoticeState.PLANNED,
            next_try_at=held,
            last_error="It waits for the end of the quiet hours.",
        )
    return replace(
        notice, state=NoticeState.SENDING, attempts=notice.attempts + 1, next_try_at=now + LEASE
    )


def _wants_attention(notice: Notice, now: datetime) -> bool:
    """The condition of ``NoticeShelf.due``, asked again under the lock."""
    open_states = (NoticeState.PLANNED, NoticeState.SENDING)
    at = notice.next_try_at
    waited = at is None or not now < at <= now + LONGEST_HELD
    return notice.state in open_states and notice.due_at <= now and waited


def _send(notice: Notice, transport: MessageTransport, now: datetime) -> Notice:
    """The notice as it should stand after its transport was tried; writes nothing."""
    try:
        reference = transport.send(notice)
    except TransportError as error:
        if error.uncertain and not may_repeat(notice):
            return _lost(notice, str(error))
        if error.permanent and not error.uncertain:
            return replace(
                notice, state=NoticeState.FAILED, next_try_at=None, last_error=str(error)
            )
        return replace(
            notice,
            state=NoticeState.PLANNED,
            next_try_at=now + next_wait(notice.attempts),
            last_error=str(error),
        )
    return replace(
        notice,
        state=NoticeState.ACCEPTED,
        next_try_at=None,
        last_error="",
        provider_ref=reference,
    )


def _settle(ledger: NoticeLedger, claimed: Notice, after: Notice) -> Notice:
    """Write what became of a claimed notice and return it as it stands then."""
    current = ledger.notices.get(claimed.id)
    if after.state is not NoticeState.ACCEPTED and current is not None:
        own = current.state is NoticeState.SENDING and current.attempts == claimed.attempts
        if not own:
            return current
    ledger.notices.update(after)
    return after


def _lost(notice: Notice, reason: str) -> Notice:
    """The notice, given up as unknown."""
    return replace(
        notice,
        state=NoticeState.UNKNOWN,
        next_try_at=None,
        last_error=f"It may have gone out: {reason.rstrip('.')}.",
    )


def _result(seen: list[Notice]) -> TurnResult:
    """The notices a turn touched, by state."""

    def ids(*states: NoticeState) -> tuple[str, ...]:
        return tuple(notice.id for notice in seen if notice.state in states)

    return TurnResult(
        accepted=ids(NoticeState.ACCEPTED),
        waiting=ids(NoticeState.PLANNED, NoticeState.SENDING),
        failed=ids(NoticeState.FAILED),
        expired=ids(NoticeState.EXPIRED),
        unknown=ids(NoticeState.UNKNOWN),
    )
