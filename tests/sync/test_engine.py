"""A turn against the real server: offline rivals, lost answers, refusals, an absent server."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from sync.engine import Bookmark, turn, wait_s
from sync.errors import NotAdmittedError, PeerAwayError
from sync.records import Envelope, EnvelopeState, Incoming, Receipt
from sync.transport.client import FhirTransport
from tests.sync.conftest import Central, forget
from tests.sync.desk import Desk, DeskLedger, booking


class Faulty:
    """A transport whose calls go through a fault, e.g. an answer lost on the way back."""

    def __init__(self, inner: FhirTransport) -> None:
        self.inner = inner
        self.before_push: Callable[[Envelope], None] = lambda _e: None
        self.after_push: Callable[[Envelope], None] = lambda _e: None
        self.pushes = 0

    def push(self, envelope: Envelope, mark: str = "") -> Receipt:
        self.before_push(envelope)
        self.pushes += 1
        receipt = self.inner.push(envelope, mark)
        self.after_push(envelope)
        return receipt

    def landed(self, envelope: Envelope) -> Receipt | None:
        return self.inner.landed(envelope)

    def read(self, resource_type: str, resource_id: str) -> Incoming | None:
        return self.inner.read(resource_type, resource_id)

    def pull(
        self, cursor: str, limit: int = 100, mark: str = ""
    ) -> tuple[tuple[Incoming, ...], str]:
        return self.inner.pull(cursor, limit, mark)


def away(_envelope: Envelope) -> None:
    raise PeerAwayError("The server cannot be reached.")


def calm(_envelope: Envelope) -> None:
    return None


@pytest.fixture
def clinic() -> str:
    return f"clinic-{uuid.uuid4()}"


def versions(transport: FhirTransport, ident: str) -> int:
    news, _ = transport.pull("", 1000)
    return sum(1 for incoming in news if incoming.resource_id == ident)


def test_slot_booked_offline_by_two_workstations_has_one_winner_and_one_told_loser(
    central: Central, clinic: str
) -> None:
    first, second = Desk("first"), Desk("second")
    one, two = central.workstation(clinic), central.workstation(clinic)
    first.book("a1")
    second.book("a2")
    assert first.sync(one).delivered == 1
    assert second.sync(two).refused == 1
    first.sync(one)
    assert first.status("a1") == second.status("a1") == "booked"
    assert second.status("a2") == "cancelled"
    assert "a2" not in {ident for _, ident in first.pages.rows}
    assert len(second.pages.conflicts) == 1
    assert "already booked" in second.pages.told[0]
    assert not first.pages.told


def test_lost_answer_is_resolved_without_a_second_version(
    sqlite_central: Central, clinic: str
) -> None:
    desk, transport = Desk(), Faulty(sqlite_central.workstation(clinic))
    desk.book("a1")
    transport.after_push = away
    assert desk.sync(transport).waiting == 1
    transport.after_push = calm
    result = desk.sync(transport)
    assert (result.delivered, result.waiting, transport.pushes) == (1, 0, 1)
    assert versions(transport.inner, "a1") == 1
    assert desk.status("a1") == "booked"


def test_lost_answer_is_resolved_though_others_changed_the_record_since(
    sqlite_central: Central, clinic: str
) -> None:
    desk, other = Desk(), Desk("other")
    transport = Faulty(sqlite_central.workstation(clinic))
    rival = sqlite_central.workstation(clinic)
    desk.book("a1")
    transport.after_push = away
    desk.sync(transport)
    other.sync(rival)
    other.save({**other.pages.rows["Appointment", "a1"], "description": "moved"})
    assert other.sync(rival).delivered == 1
    transport.after_push = calm
    result = desk.sync(transport)
    assert (result.delivered, result.refused) == (1, 0)
    assert desk.pages.rows["Appointment", "a1"]["description"] == "moved"
    assert desk.pages.versions["Appointment", "a1"] == "2"


def test_crash_between_answer_and_receipt_adds_no_version(
    sqlite_central: Central, clinic: str
) -> None:
    desk, transport = Desk(), sqlite_central.workstation(clinic)
    operation = desk.book("a1")
    transport.push(desk.pages.envelopes[operation])
    assert desk.sync(transport).delivered == 1
    assert versions(transport, "a1") == 1


def test_queued_changes_of_one_record_go_out_in_order_each_on_the_one_before(
    sqlite_central: Central, clinic: str
) -> None:
    desk, transport = Desk(), sqlite_central.workstation(clinic)
    desk.book("a1")
    desk.save({**desk.pages.rows["Appointment", "a1"], "description": "second thoughts"})
    desk.cancel("a1")
    assert desk.sync(transport).delivered == 3
    current = transport.read("Appointment", "a1")
    assert current is not None
    assert (current.version, current.body["status"]) == ("3", "cancelled")


def test_update_made_on_an_old_version_is_refused_and_the_servers_row_returns(
    central: Central, clinic: str
) -> None:
    first, second = Desk("first"), Desk("second")
    one, two = central.workstation(clinic), central.workstation(clinic)
    first.book("a1")
    first.sync(one)
    second.sync(two)
    for desk, words in ((first, "first's words"), (second, "second's words")):
        desk.save({**desk.pages.rows["Appointment", "a1"], "description": words})
    first.sync(one)
    assert second.sync(two).refused == 1
    assert second.pages.rows["Appointment", "a1"]["description"] == "first's words"
    assert "changed elsewhere" in second.pages.conflicts[0].reason


def test_cancellation_made_on_an_old_version_holds(central: Central, clinic: str) -> None:
    first, second = Desk("first"), Desk("second")
    one, two = central.workstation(clinic), central.workstation(clinic)
    first.book("a1")
    first.sync(one)
    second.sync(two)
    first.save({**first.pages.rows["Appointment", "a1"], "description": "moved"})
    first.sync(one)
    second.cancel("a1")
    assert second.sync(two).delivered == 1
    first.sync(one)
    assert first.status("a1") == second.status("a1") == "cancelled"
    assert second.pages.rows["Appointment", "a1"]["description"] == "moved"


def test_pull_does_not_overwrite_a_record_that_has_waiting_work(
    sqlite_central: Central, clinic: str
) -> None:
    first, second = Desk("first"), Desk("second")
    one, two = sqlite_central.workstation(clinic), sqlite_central.workstation(clinic)
    first.book("a1")
    first.sync(one)
    second.sync(two)
    first.save({**first.pages.rows["Appointment", "a1"], "description": "first's"})
    first.sync(one)
    second.save({**second.pages.rows["Appointment", "a1"], "description": "second's"})
    waiting = next(e for e in second.pages.envelopes.values() if e.state is EnvelopeState.DUE)
    with second.begin() as ledger:
        later = second.now + timedelta(hours=1, minutes=30)
        ledger.envelopes.update(replace(waiting, next_try_at=later))
    second.sync(two)
    assert second.pages.rows["Appointment", "a1"]["description"] == "second's"
    assert second.pages.versions["Appointment", "a1"] == "1"


def test_refused_record_does_not_hold_up_the_others(sqlite_central: Central, clinic: str) -> None:
    desk, transport = Desk(), sqlite_central.workstation(clinic)
    desk.save({**booking("poison"), "status": "nonsense"})
    desk.book("good")
    result = desk.sync(transport)
    assert (result.delivered, result.refused, result.waiting) == (1, 1, 0)
    assert desk.pages.conflicts[0].resource_id == "poison"


def test_changes_queued_on_a_refused_new_record_are_refused_with_it(
    sqlite_central: Central, clinic: str
) -> None:
    rival, desk = Desk("rival"), Desk()
    rival.book("a1")
    rival.sync(sqlite_central.workstation(clinic))
    desk.book("a2")
    desk.cancel("a2")
    result = desk.sync(sqlite_central.workstation(clinic))
    assert (result.refused, result.waiting) == (2, 0)
    assert len(desk.pages.conflicts) == 2


def test_absent_server_leaves_everything_waiting_longer_and_longer(clinic: str) -> None:
    class Gone(Faulty):
        def __init__(self) -> None:
            self.before_push = away
            self.pushes = 0

    desk, transport = Desk(), Gone()
    operation = desk.book("a1")
    result = turn(desk, transport, desk.now)
    first = desk.pages.envelopes[operation]
    assert (result.reason, result.waiting) == ("The server cannot be reached.", 1)
    assert first.next_try_at is not None
    assert first.next_try_at - desk.now == timedelta(seconds=wait_s(operation, 1))
    assert turn(desk, _NothingNew(), desk.now).waiting == 1
    assert wait_s(operation, 1) < wait_s(operation, 2) < wait_s(operation, 30) <= 900 * 1.25
    assert wait_s(operation, 1, retry_after_s=120) == 120


class _NothingNew:
    """A server that takes nothing and has nothing."""

    def push(self, envelope: Envelope, mark: str = "") -> Receipt:
        raise AssertionError("nothing is due")

    def landed(self, envelope: Envelope) -> Receipt | None:
        raise AssertionError("nothing is due")

    def read(self, resource_type: str, resource_id: str) -> Incoming | None:
        raise AssertionError("nothing is due")

    def pull(
        self, cursor: str, limit: int = 100, mark: str = ""
    ) -> tuple[tuple[Incoming, ...], str]:
        return (), cursor


def test_device_that_is_not_admitted_keeps_its_work_as_it_was(
    sqlite_central: Central, clinic: str
) -> None:
    desk, transport = Desk(), Faulty(sqlite_central.workstation(clinic))
    operation = desk.book("a1")

    def not_admitted(_envelope: Envelope) -> None:
        raise NotAdmittedError("The server does not accept this device.")

    transport.before_push = not_admitted
    for _ in range(3):
        assert "does not accept" in desk.sync(transport).reason
    envelope = desk.pages.envelopes[operation]
    assert (envelope.state, envelope.attempts) == (EnvelopeState.DUE, 0)
    transport.before_push = calm
    assert desk.sync(transport).delivered == 1


def test_restored_server_is_told_and_nothing_is_sent_to_it(central: Central, clinic: str) -> None:
    desk, transport = Desk(), central.workstation(clinic)
    desk.book("a1")
    desk.sync(transport)
    forget(central, clinic)
    operation = desk.book("a2", hour=11)
    assert "older than what it had acknowledged" in desk.sync(transport).reason
    assert desk.pages.envelopes[operation].state is EnvelopeState.DUE
    assert transport.read("Appointment", "a2") is None
    with desk.begin() as ledger:
        ledger.envelopes.update(
            replace(desk.pages.envelopes[operation], state=EnvelopeState.DELIVERED)
        )
    assert "older than what it had acknowledged" in desk.sync(transport).reason


def test_page_and_cursor_commit_together(sqlite_central: Central, clinic: str) -> None:
    source, reader = Desk("source"), Desk("reader")
    for number in range(5):
        source.book(f"a{number}", hour=9 + number)
    source.sync(sqlite_central.workstation(clinic))
    two = sqlite_central.workstation(clinic)
    failing = _FailsAt(reader, "a3")
    with pytest.raises(RuntimeError):
        turn(failing, two, reader.now, page=2)
    assert sorted(reader.appointments()) == ["a0", "a1"]
    turn(reader, two, reader.now, page=2)
    assert sorted(reader.appointments()) == ["a0", "a1", "a2", "a3", "a4"]


class _FailsAt:
    """Books whose ledger breaks when one resource is applied."""

    def __init__(self, desk: Desk, ident: str) -> None:
        self._desk, self._ident = desk, ident

    @contextmanager
    def begin(self) -> Iterator[DeskLedger]:
        with self._desk.begin() as ledger:
            inner = ledger.apply

            def apply(incoming: Incoming) -> None:
                if incoming.resource_id == self._ident:
                    raise RuntimeError("disk full")
                inner(incoming)

            ledger.apply = apply
            yield ledger


def test_bookmark_survives_as_text() -> None:
    for mark in (Bookmark(), Bookmark("3.aa"), Bookmark("3.aa", "9.bb"), Bookmark("", "9.bb")):
        assert Bookmark.parse(str(mark)) == mark
    assert Bookmark("3.aa", "9.bb").saw("4.cc").seen == "9.bb"
    assert Bookmark("3.aa", "9.bb").saw("10.cc").seen == "10.cc"


def test_a_booking_waits_for_the_cancellation_that_frees_its_time(
    sqlite_central: Central, clinic: str
) -> None:
    desk, transport = Desk(), sqlite_central.workstation(clinic)
    desk.book("a1")
    desk.sync(transport)
    cancelling = desk.cancel("a1")
    with desk.begin() as ledger:
        waiting = ledger.envelopes.get(cancelling)
        assert waiting is not None
        pause = desk.now + timedelta(hours=1, minutes=30)
        ledger.envelopes.update(replace(waiting, next_try_at=pause))
    desk.book("a2")
    assert desk.sync(transport).waiting == 2
    assert desk.sync(transport).waiting == 0
    assert desk.status("a2") == "booked"
    assert desk.pages.conflicts == []


def test_an_envelope_put_off_by_a_wrong_clock_goes_when_the_clock_is_right(
    sqlite_central: Central, clinic: str
) -> None:
    desk, transport = Desk(), sqlite_central.workstation(clinic)
    waiting = desk.book("a1")
    with desk.begin() as ledger:
        envelope = ledger.envelopes.get(waiting)
        assert envelope is not None
        ledger.envelopes.update(replace(envelope, next_try_at=desk.now + timedelta(days=1)))
    assert desk.sync(transport).waiting == 0
