"""Claims about how often notices go out: above all when the program dies in between."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.errors import TransportError
from scheduling.notices.outbox import BATCH, LEASE, TurnResult, may_repeat, next_wait, turn
from scheduling.places import WaitingStatus
from scheduling.records import (
    AppointmentStatus,
    Channel,
    ContactAnswer,
    ContactPreferences,
    NoticeKind,
    NoticePolicy,
    NoticeState,
    Purpose,
)
from scheduling.rules.booking import cancel
from tests.scheduling.books import Killed, MemoryBooks, MemoryNotices, ScriptedTransport
from tests.scheduling.samples import APPOINTMENT, NOW, START, WISH, notice

FITTING = {
    NoticeKind.CONFIRMATION: AppointmentStatus.BOOKED,
    NoticeKind.REMINDER: AppointmentStatus.BOOKED,
    NoticeKind.PROVISIONAL: AppointmentStatus.PENDING,
    NoticeKind.CHANGE: AppointmentStatus.BOOKED,
    NoticeKind.CANCELLATION: AppointmentStatus.CANCELLED,
    NoticeKind.LOST_SLOT: AppointmentStatus.CANCELLED,
    NoticeKind.OFFER: AppointmentStatus.BOOKED,  # which an offer does not ask about
}
EVERY = list(product(NoticeKind, Channel))
UNCERTAIN = TransportError("no answer", permanent=False, uncertain=True)
AWAY = TransportError("cannot be reached", permanent=False)
REFUSED = TransportError("no such recipient", permanent=True)


def quiet(fraction: float, text: str) -> None:
    assert 0 <= fraction <= 1


def one(kind=NoticeKind.CONFIRMATION, channel=Channel.EMAIL, script=()):
    """Books with one notice due, its fitting appointment and its transport."""
    due = notice(kind, channel)
    books = MemoryBooks([due], replace(APPOINTMENT, status=FITTING[kind]))
    return books, ScriptedTransport(channel, books, list(script)), due.id


def run(books, transport, now=NOW) -> TurnResult:
    return turn(books, {transport.channel: transport}, now, quiet)


def run_until_settled(books, transport, now) -> None:
    """Start the program again and again, later each time, until nothing is due any more."""
    for _ in range(40):
        run(books, transport, now)
        now += timedelta(hours=1)
    assert books.notices.due(now) == ()


@pytest.mark.parametrize(("kind", "channel"), EVERY)
def test_due_notice_is_accepted_once_and_never_sent_again(kind, channel):
    books, transport, key = one(kind, channel)
    assert run(books, transport).accepted == (key,)
    assert books.notices.get(key).provider_ref == "ref-1"
    run_until_settled(books, transport, NOW)
    assert transport.delivered == [key]


def test_notice_waits_until_it_is_due():
    books, transport, key = one()
    books.notices.update(replace(notice(), due_at=NOW + timedelta(hours=1)))
    assert run(books, transport) == TurnResult()
    assert run(books, transport, NOW + timedelta(hours=1)).accepted == (key,)


def test_unreachable_server_is_tried_again_ever_more_slowly():
    books, transport, key = one(script=[AWAY] * 9)
    now, waits = NOW, []
    for _ in range(9):
        assert run(books, transport, now).waiting == (key,)
        waits.append((books.notices.get(key).next_try_at - now).total_seconds())
        assert run(books, transport, now + timedelta(seconds=waits[-1] - 1)) == TurnResult()
        now += timedelta(seconds=waits[-1])
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert run(books, transport, now).accepted == (key,)
    assert next_wait(10_000) == timedelta(hours=1)


def test_a_message_put_off_by_a_clock_a_year_ahead_goes_when_the_clock_is_right():
    books, transport, key = one()
    late = NOW + timedelta(days=365)
    books.notices.update(replace(books.notices.get(key), next_try_at=late))
    assert run(books, transport).accepted == (key,)


def test_refused_recipient_is_not_tried_again():
    books, transport, key = one(script=[REFUSED])
    assert run(books, transport).failed == (key,)
    assert books.notices.get(key).last_error == "no such recipient"
    run_until_settled(books, transport, NOW)
    assert transport.delivered == []


@pytest.mark.parametrize(("kind", "channel"), EVERY)
def test_lost_answer_repeats_only_what_may_be_repeated(kind, channel):
    books, transport, key = one(kind, channel, [(UNCERTAIN, True)])
    result = run(books, transport)
    run_until_settled(books, transport, NOW)
    if may_repeat(notice(kind, channel)):
        assert result.waiting == (key,)
        assert transport.delivered == [key, key]
        assert books.state(key) is NoticeState.ACCEPTED
    else:
        assert result.unknown == (key,)
        assert transport.delivered == [key]
        assert books.state(key) is NoticeState.UNKNOWN


@pytest.mark.parametrize("kind", NoticeKind)
def test_whoever_says_no_after_the_message_was_planned_does_not_get_it(kind):
    books, transport, key = one(kind, Channel.SMS)
    purposes = Purpose if kind is NoticeKind.REMINDER else [Purpose.VISITS]
    books.preferences.put(
        ContactPreferences("p-1").answered(
            *(ContactAnswer(Channel.SMS, each, False, NOW, "stop") for each in purposes)
        )
    )
    assert run(books, transport).expired == (key,)
    assert "does not want" in books.notices.get(key).last_error
    assert transport.delivered == []


def test_after_days_without_network_only_the_last_of_the_late_reminders_goes_out():
    reminders = [
        replace(
            notice(NoticeKind.REMINDER, Channel.SMS),
            id=f"r-{hours}",
            ahead_minutes=hours * 60,
            due_at=START - timedelta(hours=hours),
        )
        for hours in (48, 24, 2)
    ]
    books = MemoryBooks(reminders, APPOINTMENT)
    transport = ScriptedTransport(Channel.SMS, books)
    result = run(books, transport, START - timedelta(hours=20))
    assert (result.accepted, result.expired) == (("r-24",), ("r-48",))
    assert run(books, transport, START - timedelta(hours=1)).accepted == ("r-2",)
    assert transport.delivered == ["r-24", "r-2"]


def test_late_messages_go_out_in_the_order_they_were_due_or_say_that_it_is_too_late():
    waiting = [
        replace(notice(), id=f"n-{hour}", due_at=NOW + timedelta(hours=hour), ahead_minutes=hour)
        for hour in (3, 1, 2)
    ]
    books = MemoryBooks(waiting, APPOINTMENT)
    transport = ScriptedTransport(Channel.EMAIL, books, [AWAY, AWAY, AWAY])
    run(books, transport, NOW + timedelta(hours=4))
    assert run(books, transport, NOW + timedelta(days=1)).accepted == ("n-1", "n-2", "n-3")
    assert transport.delivered == ["n-1", "n-2", "n-3"]
    books, transport, key = one()
    assert run(books, transport, START).expired == (key,)
    assert "its time has passed" in books.notices.get(key).last_error


def test_a_text_message_waits_for_the_morning_of_its_recipient():
    policy = NoticePolicy(quiet_from=time(21), quiet_until=time(8))
    night = datetime(2027, 5, 3, 20, 0, tzinfo=UTC)  # 22:00 in Paris, 16:00 in New York
    for zone, goes in (("Europe/Paris", False), ("America/New_York", True)):
        books, transport, key = one(channel=Channel.SMS)
        books.notices.update(replace(books.notices.get(key), zone=zone))
        routes = {Channel.SMS: transport}
        turn(books, routes, night, quiet, policy)
        assert (transport.delivered == [key]) is goes
        turn(books, routes, datetime(2027, 5, 4, 6, 0, tzinfo=UTC), quiet, policy)
        assert transport.delivered == [key]


def test_reminders_and_harmless_sms_are_sent_once_at_most_and_urgent_news_once_at_least():
    once_at_most = {each for each in EVERY if not may_repeat(notice(*each))}
    assert once_at_most == {
        (NoticeKind.REMINDER, Channel.EMAIL),
        (NoticeKind.REMINDER, Channel.SMS),
        (NoticeKind.CONFIRMATION, Channel.SMS),
        (NoticeKind.PROVISIONAL, Channel.SMS),
        (NoticeKind.OFFER, Channel.SMS),
    }


def kill_somewhere(books, transport, place: str) -> None:
    """Arrange for the process to die at one place of its first turn."""
    side, *_, number = place.split()
    if place == "before sending":
        transport.script.append(Killed())
    elif place == "after sending":
        transport.script.append((Killed(), True))
    else:
        books.kill_at, books.commit_first = int(number), side == "after"


PLACES = [
    *(f"{side} commit {number}" for side in ("before", "after") for number in (1, 2, 3)),
    "before sending",
    "after sending",
]


def live_through_a_kill(kind, channel, place, shelf_type=MemoryNotices):
    books, transport, key = one(kind, channel)
    books.shelf_type = shelf_type
    kill_somewhere(books, transport, place)
    with pytest.raises(Killed):
        run(books, transport)
    assert run(books, transport, NOW + LEASE / 2).unknown == ()  # the lease of the dead one holds
    run_until_settled(books, transport, NOW + LEASE)
    return books, transport, key


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("kind", "channel"), EVERY)
def test_kill_anywhere_never_doubles_a_reminder_nor_loses_a_cancellation(kind, channel, place):
    books, transport, key = live_through_a_kill(kind, channel, place)
    if may_repeat(notice(kind, channel)):
        assert 1 <= len(transport.delivered) <= 2
        assert books.state(key) is NoticeState.ACCEPTED
    else:
        assert len(transport.delivered) <= 1
        assert books.state(key) in {NoticeState.ACCEPTED, NoticeState.UNKNOWN}
    if books.state(key) is NoticeState.ACCEPTED:
        assert transport.delivered


class ForgetfulNotices(MemoryNotices):
    """A broken shelf: the mark that a sender is at work is not kept."""

    def update(self, changed):
        if changed.state is not NoticeState.SENDING:
            super().update(changed)


def test_outbox_without_the_sending_mark_is_caught():
    doubled = [
        place
        for place in PLACES
        if len(live_through_a_kill(
            NoticeKind.REMINDER, Channel.SMS, place, ForgetfulNotices)[1].delivered) > 1
    ]  # fmt: skip
    assert "after sending" in doubled


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda it: cancel(it, NOW), "changed"),
        (lambda it: replace(it, sequence=3), "changed"),
        (lambda it: replace(it, status=AppointmentStatus.CANCELLED), "cancelled"),
        (lambda it: replace(it, id="another"), "not there"),
    ],
)
def test_notice_of_a_changed_appointment_never_goes_out(change, reason):
    for kind, channel in product((NoticeKind.CONFIRMATION, NoticeKind.REMINDER), Channel):
        books = MemoryBooks([notice(kind, channel)], change(APPOINTMENT))
        transport = ScriptedTransport(channel, books)
        assert len(run(books, transport).expired) == 1
        assert reason in next(iter(books.notices.rows.values())).last_error
        assert transport.delivered == []


def test_nothing_goes_out_after_the_appointment_began():
    books, transport, key = one(NoticeKind.CANCELLATION, Channel.SMS)
    assert run(books, transport, START).expired == (key,)
    assert transport.delivered == []


def test_channel_without_transport_keeps_its_notices_and_holds_up_no_other():
    sms = [replace(notice(channel=Channel.SMS), id=f"n-{number}") for number in range(BATCH + 5)]
    books = MemoryBooks([*sms, notice()], APPOINTMENT)
    mail = ScriptedTransport(Channel.EMAIL, books)
    result = run(books, mail)
    assert result.accepted == (notice().id,)
    assert len(result.waiting) == BATCH + 5
    kept = books.notices.get("n-0")
    assert (kept.state, kept.attempts) == (NoticeState.PLANNED, 0)
    assert kept.last_error == "No way to send sms is set up."
    gateway = ScriptedTransport(Channel.SMS, books)
    assert "n-0" in run(books, gateway).accepted


def test_one_turn_sends_a_batch_at_most_and_the_next_goes_on():
    many = [replace(notice(), id=f"n-{number:03}") for number in range(BATCH + 3)]
    books = MemoryBooks(many, APPOINTMENT)
    transport = ScriptedTransport(Channel.EMAIL, books)
    assert len(run(books, transport).accepted) == BATCH
    assert len(run(books, transport).accepted) == 3


def test_failed_sends_do_not_stop_the_others():
    books = MemoryBooks([replace(notice(), id=f"n-{number}") for number in range(3)], APPOINTMENT)
    transport = ScriptedTransport(Channel.EMAIL, books, [REFUSED, AWAY])
    assert run(books, transport) == TurnResult(accepted=("n-2",), waiting=("n-1",), failed=("n-0",))


def test_cancelled_turn_stops_between_two_notices():
    books = MemoryBooks([replace(notice(), id=f"n-{number}") for number in range(3)], APPOINTMENT)
    transport = ScriptedTransport(Channel.EMAIL, books)

    def stop(fraction: float, text: str) -> None:
        if "2 of 3" in text:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        turn(books, {Channel.EMAIL: transport}, NOW, stop)
    assert [books.state(f"n-{number}") for number in range(3)] == [
        NoticeState.ACCEPTED, NoticeState.PLANNED, NoticeState.PLANNED]  # fmt: skip


class Meddler(ScriptedTransport):
    """While it sends, another turn runs over the same books."""

    def send(self, sent):
        other = ScriptedTransport(self.channel, self.books)
        self.late = self.late if hasattr(self, "late") else timedelta()
        turn(self.books, {self.channel: other}, NOW + self.late, quiet)
        self.delivered += other.delivered
        return super().send(sent)


@pytest.mark.parametrize(("kind", "channel"), EVERY)
def test_two_turns_side_by_side_send_one_message(kind, channel):
    books, _, key = one(kind, channel)
    transport = Meddler(channel, books)
    assert run(books, transport).accepted == (key,)
    assert transport.delivered == [key]


def test_sender_slower_than_its_lease_cannot_take_back_an_acceptance():
    books, _, key = one(NoticeKind.CANCELLATION, Channel.SMS)
    transport = Meddler(Channel.SMS, books, [AWAY])
    transport.late = LEASE
    run(books, transport)
    assert books.state(key) is NoticeState.ACCEPTED


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(EVERY),
    st.lists(
        st.sampled_from(
            [None, AWAY, (UNCERTAIN, True), (UNCERTAIN, False), (Killed(), True), (Killed(), False)]
        ),
        max_size=8,
    ),
    st.lists(st.integers(0, 4000), min_size=8, max_size=8),
)
def test_any_run_of_faults_keeps_the_promises(which, script, pauses):
    kind, channel = which
    books, transport, key = one(kind, channel, script)
    now = NOW
    for pause in pauses:
        with suppress(Killed):  # the next turn is the program started again
            run(books, transport, now)
        now += timedelta(seconds=pause)
    transport.script.clear()
    run_until_settled(books, transport, now)
    if may_repeat(notice(kind, channel)):
        assert transport.delivered
        assert books.state(key) is NoticeState.ACCEPTED
    else:
        assert len(transport.delivered) <= 1


@pytest.mark.parametrize(
    "since",
    [
        replace(WISH, status=WaitingStatus.WAITING, hold_id="", declined=(START,)),
        replace(WISH, status=WaitingStatus.BOOKED, hold_id=""),
        replace(WISH, status=WaitingStatus.WITHDRAWN, hold_id=""),
        replace(WISH, declined=(START,)),
        None,
    ],
    ids=["declined", "accepted", "left", "offered-another", "gone"],
)
@pytest.mark.parametrize("channel", Channel)
def test_an_offer_that_was_answered_meanwhile_is_not_sent(since, channel):
    books, transport, key = one(NoticeKind.OFFER, channel)
    books.waiting.rows = {WISH.id: since} if since is not None else {}
    assert run(books, transport).expired == (key,)
    assert transport.delivered == []
    assert "no longer stands" in books.notices.get(key).last_error


def test_an_offer_is_held_back_in_quiet_hours_as_text_and_never_sent_after_it_ran_out():
    night = NoticePolicy(quiet_from=time(5), quiet_until=time(8))
    held = notice(NoticeKind.OFFER, Channel.SMS, zone="UTC", expires_at=NOW + timedelta(hours=6))
    late = notice(NoticeKind.OFFER, Channel.EMAIL, id="late", expires_at=NOW)
    books = MemoryBooks([held, late], APPOINTMENT)
    ways = {channel: ScriptedTransport(channel, books) for channel in Channel}
    assert turn(books, ways, NOW, quiet, night).expired == ("late",)
    assert books.notices.get(held.id).next_try_at == NOW + timedelta(hours=2)
    assert turn(books, ways, NOW + timedelta(hours=2), quiet, night).accepted == (held.id,)


YEAR = timedelta(days=365)


@pytest.mark.parametrize(("kind", "channel"), EVERY)
def test_in_a_turn_whose_clock_is_a_year_ahead_nothing_expires(kind, channel):
    books, transport, key = one(kind, channel)
    before = books.notices.get(key)
    ways = {channel: transport}
    assert turn(books, ways, NOW + YEAR, quiet, believed=NOW) == TurnResult()
    assert books.notices.get(key) == before
    assert turn(books, ways, NOW, quiet).accepted == (key,)


@pytest.mark.parametrize(("kind", "channel"), EVERY)
def test_a_sender_that_forgets_the_doubt_is_caught_giving_a_message_up(kind, channel):
    books, transport, key = one(kind, channel)
    assert turn(books, {channel: transport}, NOW + YEAR, quiet).expired == (key,)


def test_while_the_clock_is_in_doubt_news_goes_out_and_no_reminder_comes_early():
    day = timedelta(days=1)
    news = notice(NoticeKind.CONFIRMATION)
    early = notice(NoticeKind.REMINDER, due_at=NOW + day)
    books = MemoryBooks([news, early], APPOINTMENT)
    transport = ScriptedTransport(Channel.EMAIL, books)
    ways = {Channel.EMAIL: transport}
    assert turn(books, ways, NOW + 2 * day, quiet, believed=NOW).accepted == (news.id,)
    assert books.notices.get(early.id) == early
    assert turn(books, ways, NOW + 2 * day, quiet).accepted == (early.id,)


def test_while_the_clock_is_in_doubt_a_claim_is_not_old_and_a_failure_waits_no_longer():
    day = timedelta(days=1)
    claimed = notice(
        NoticeKind.REMINDER, state=NoticeState.SENDING, attempts=1, next_try_at=NOW + LEASE
    )
    failing = notice(NoticeKind.CONFIRMATION)
    books = MemoryBooks([claimed, failing], APPOINTMENT)
    transport = ScriptedTransport(Channel.EMAIL, books, [AWAY])
    ways = {Channel.EMAIL: transport}
    assert turn(books, ways, NOW + day, quiet, believed=NOW).waiting == (failing.id,)
    assert books.notices.get(claimed.id) == claimed
    assert books.notices.get(failing.id).next_try_at == NOW + next_wait(1)
