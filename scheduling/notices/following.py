"""After a message has gone: did it arrive, and did its reader ask for no more of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from scheduling.errors import TransportError
from scheduling.ports import DeliveryWatch, MessageTransport, NoticeBooks, NoticeLedger, ReplyBox
from scheduling.records import (
    Channel,
    ContactAnswer,
    ContactPreferences,
    Notice,
    NoticeState,
    Purpose,
    Reply,
)

ASK_EVERY = timedelta(minutes=10)
ASK_FOR = timedelta(days=3)
"""How long after a notice was due its provider is asked about it."""

BY_REPLY = "reply by text message"
"""Who wrote an answer down that came by itself."""

_NO = frozenset({"stop", "stopp", "stopall", "unsubscribe", "end", "quit", "abmelden", "arret"})
_YES = frozenset({"start", "unstop"})


def follow(
    books: NoticeBooks, transports: Mapping[Channel, MessageTransport], now: datetime
) -> tuple[str, ...]:
    """Ask the providers that can be asked what became of messages; return the ids that changed."""
    with books.begin() as ledger:
        waiting = ledger.notices.followed(now - ASK_FOR, now)
    changed: list[str] = []
    for notice in waiting:
        transport = transports.get(notice.channel)
        if not isinstance(transport, DeliveryWatch):
            continue
        try:
            arrived = transport.outcome(notice)
        except TransportError:
            arrived = None
        with books.begin() as ledger:
            current = ledger.notices.get(notice.id)
            if current is None or current.state is not NoticeState.ACCEPTED:
                continue
            ledger.notices.update(_told(current, arrived, now))
        if arrived is not None:
            changed.append(notice.id)
    return tuple(changed)


def take_replies(books: NoticeBooks, box: ReplyBox, since: datetime) -> tuple[str, ...]:
    """Heed STOP and START; return the ids of the patients whose answer changed.

    A reply counts for every patient who was written to at that number, and only if it came
    after the patient's present answer. Read twice it changes nothing.
    """
    changed: list[str] = []
    for reply in box.replies(since):
        allowed = wish_of(reply.text)
        if allowed is None:
            continue
        with books.begin() as ledger:
            for patient_id in _written_to(ledger, reply.sender):
                before = ledger.preferences.get(patient_id) or ContactPreferences(patient_id)
                after = _heeded(before, reply, allowed=allowed)
                if after != before:
                    ledger.preferences.put(after)
                    changed.append(patient_id)
    return tuple(changed)


def wish_of(text: str) -> bool | None:
    """What a reply asks for: no more (False), again (True), or something else (None)."""
    word = text.strip().strip(".!\"'").casefold().replace("ê", "e")
    if word in _NO:
        return False
    return True if word in _YES else None


def _told(notice: Notice, arrived: bool | None, now: datetime) -> Notice:  # noqa: FBT001 - a fact
    if arrived is None:
        return replace(notice, next_try_at=now + ASK_EVERY)
    if arrived:
        return replace(notice, state=NoticeState.DELIVERED, next_try_at=None)
    return replace(
        notice,
        state=NoticeState.UNDELIVERED,
        next_try_at=None,
        last_error="The network could not deliver it.",
    )


def _written_to(ledger: NoticeLedger, number: str) -> tuple[str, ...]:
    """The patients who were sent a text message at that number."""
    ids = {notice.appointment_id for notice in ledger.notices.sent_to(number)}
    found = (ledger.appointments.get(one) or ledger.waiting.get(one) for one in sorted(ids))
    return tuple(dict.fromkeys(one.patient_id for one in found if one is not None))


def _heeded(before: ContactPreferences, reply: Reply, *, allowed: bool) -> ContactPreferences:
    said = {purpose: before.answer(Channel.SMS, purpose) for purpose in Purpose}
    return before.answered(
        *(
            ContactAnswer(Channel.SMS, purpose, allowed, reply.at, BY_REPLY)
            for purpose, earlier in said.items()
            if earlier is None or earlier.at < reply.at
        )
    )
