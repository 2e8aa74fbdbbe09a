"""Claims about a server restored from an old backup: what it lost is offered to it again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.demo.central import CentralServer
from app.workflow import (
    booking,
    configuring,
    releasing,
    reporting,
    reviewing,
    sending,
    signing,
    visiting,
)
from assistant.records import Report
from scheduling.records import Appointment, AppointmentStatus
from sync import comparing
from sync.comparing import _Held
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import (
    PATIENT_ID,
    STUDY_UID,
    first_slot,
    give_hours,
    put_study,
    read_draft,
    see_today,
)
from tests.spine.conftest import turn

Pair = tuple[Workstation, Workstation]


class Backup:
    """A copy of the server's database, and the way back to it."""

    def __init__(self, server: CentralServer, folder: Path) -> None:
        self._server, self._folder = server, folder
        self._kept = folder.with_name("backup")

    def take(self) -> None:
        self._server.stop()
        shutil.copytree(self._folder, self._kept)
        self._server.start()

    def restore(self) -> None:
        self._server.stop()
        shutil.rmtree(self._folder)
        shutil.copytree(self._kept, self._folder)
        self._server.start()

    def lose_everything(self) -> None:
        self._server.stop()
        shutil.rmtree(self._folder)
        self._folder.mkdir()
        self._server.start()


@pytest.fixture
def backup(server: CentralServer, tmp_path: Path) -> Backup:
    return Backup(server, tmp_path / "server")


def meet(pair: Pair) -> None:
    for _ in range(2):
        for workstation in pair:
            assert turn(workstation) == ""


def enrol_again(workstation: Workstation, server: CentralServer) -> None:
    configuring.enrol(enter(workstation, ADMIN), server.url, server.code("Hillside"))


def signed_and_released(workstation: Workstation) -> Report:
    doctor = enter(workstation, DOCTOR)
    reviewing.accept(doctor, "f-1")
    report = signing.sign(doctor, read_draft(doctor, STUDY_UID).id, PASSWORD)
    releasing.release(doctor, report.id)
    return report


def booked(workstation: Workstation) -> Appointment:
    desk = enter(workstation, DESK)
    return booking.book(desk, first_slot(desk), PATIENT_ID)


def move(workstation: Workstation, visit: Appointment) -> Appointment:
    desk = enter(workstation, DESK)
    slot = next(one for one in booking.find_slots(desk, "", "", visit.ends, 5))
    return visiting.reschedule(desk, visit.id, slot)


def seen(workstation: Workstation, visit: Appointment) -> Appointment | None:
    with enter(workstation, DESK).begin() as work:
        return work.appointments.get(visit.id)


def released(workstation: Workstation, report: Report) -> bool:
    with enter(workstation, DOCTOR).begin() as work:
        return work.reports.released_at(report.id) is not None


def conflicts(pair: Pair) -> int:
    return sum(len(sending.conflicts(enter(one, DESK))) for one in pair)


@pytest.fixture
def lost(pair: Pair, backup: Backup) -> tuple[Report, Appointment, Appointment]:
    """A report, a booking and a move that the server acknowledged and then lost."""
    one, two = pair
    give_hours(one)
    put_study(enter(one, DOCTOR))
    early = booked(one)
    meet(pair)
    backup.take()
    report, late = signed_and_released(one), booked(one)
    meet(pair)
    moved = move(two, early)
    meet(pair)
    backup.restore()
    return report, late, moved


def test_a_restored_server_is_told_and_says_what_to_do(pair: Pair, lost) -> None:
    for workstation in pair:
        assert "Enrol this workstation again" in turn(workstation)


@pytest.mark.parametrize("first", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_report_booking_and_move_are_back_whoever_enrols_first(
    pair: Pair, lost, server: CentralServer, first: int
) -> None:
    report, late, moved = lost
    for workstation in (pair[first], pair[1 - first]):
        enrol_again(workstation, server)
        assert turn(workstation) == ""
    meet(pair)
    third = fresh_view(pair, server)
    assert third["DiagnosticReport"] == {report.id}
    assert third["Appointment"] == {late.id: late.starts, moved.id: moved.starts}.keys()
    for workstation in pair:
        assert released(workstation, report)
        for visit in (late, moved):
            there = seen(workstation, visit)
            assert there is not None
            assert (there.starts, there.status) == (visit.starts, AppointmentStatus.BOOKED)
        assert sending.status(enter(workstation, DESK)).waiting == 0
    assert conflicts(pair) == 0
    see_today(enter(pair[1], DOCTOR))
    assert reporting.verified(enter(pair[1], DOCTOR), report.id) == report


def fresh_view(pair: Pair, server: CentralServer) -> dict[str, set[str]]:
    """What somebody who comes to the server today gets of reports and appointments."""
    found: dict[str, set[str]] = {"DiagnosticReport": set(), "Appointment": set()}
    for incoming in history(pair[0]):
        if incoming.resource_type in found:
            found[incoming.resource_type].add(incoming.resource_id)
    return found


def history(workstation: Workstation):
    storage = workstation.clinic.storage
    assert storage is not None
    with enter(workstation, ADMIN).begin() as work:
        settings, peer = configuring.read_settings(work), work.replica.peer()
        key = work.settings.get(configuring.DEVICE_KEY)
    assert peer is not None
    assert key
    transport = sending._transport(settings, peer, key)
    try:
        news, cursor = transport.pull("", 500)
        assert transport.pull(cursor, 500)[0] == ()
        return news
    finally:
        transport.close()


@pytest.mark.slow
def test_a_new_empty_server_gets_it_all(
    pair: Pair, lost, backup: Backup, server: CentralServer
) -> None:
    report, late, moved = lost
    backup.lose_everything()
    for workstation in pair:
        enrol_again(workstation, server)
        assert turn(workstation) == ""
    assert fresh_view(pair, server)["DiagnosticReport"] == {report.id}
    assert fresh_view(pair, server)["Appointment"] == {late.id, moved.id}
    meet(pair)
    assert conflicts(pair) == 0
    with enter(pair[0], DESK).begin() as work:
        kinds = {kind for kind, _, _ in work.replica.all()}
    assert {one.resource_type for one in history(pair[1])} == kinds


def test_what_others_changed_since_is_not_overwritten_and_somebody_is_told(
    pair: Pair, lost, server: CentralServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One moves the visit anew before the other, whose move was lost, is back."""
    monkeypatch.setattr(comparing, "MARGIN", timedelta())  # all this takes less than a minute
    one, two = pair
    _, _, moved = lost
    with enter(one, DESK).begin() as work:
        work.replica.set_version("Appointment", moved.id, "1")  # had never heard of that move
    enrol_again(one, server)
    assert turn(one) == ""
    anew = move(one, moved)
    assert turn(one) == ""
    enrol_again(two, server)
    assert turn(two) == ""
    for workstation in pair:
        there = seen(workstation, moved)
        assert there is not None
        assert there.starts == anew.starts
    told = sending.conflicts(enter(two, DESK))
    assert [conflict.resource_id for conflict in told] == [moved.id]


@pytest.mark.slow
def test_enrolling_again_where_nothing_was_lost_sends_nothing(
    pair: Pair, server: CentralServer
) -> None:
    one, _ = pair
    give_hours(one)
    put_study(enter(one, DOCTOR))
    booked(one)
    meet(pair)
    before = len(history(one))
    for workstation in pair:
        enrol_again(workstation, server)
    meet(pair)
    assert len(history(one)) == before


@pytest.mark.slow
def test_a_day_that_was_put_off_by_half_an_hour_is_put_off_again(
    pair: Pair, backup: Backup, server: CentralServer
) -> None:
    """Every visit moves into the time of the next: the offers have to go out in that order."""
    one, _ = pair
    give_hours(one)
    put_study(enter(one, DOCTOR))
    visits = [booked(one) for _ in range(3)]
    meet(pair)
    backup.take()
    moved = [move(one, visit) for visit in reversed(visits)]
    assert moved[-1].starts == visits[1].starts
    meet(pair)
    backup.restore()
    for workstation in pair:
        enrol_again(workstation, server)
    meet(pair)
    for workstation in pair:
        there = [seen(workstation, visit) for visit in moved]
        assert [visit and visit.starts for visit in there] == [visit.starts for visit in moved]
    assert conflicts(pair) == 0


@pytest.mark.slow
def test_work_done_while_the_server_was_refused_goes_out_too(
    pair: Pair, lost, server: CentralServer
) -> None:
    one, two = pair
    _, _, moved = lost
    assert turn(one) != ""
    visit = booked(one)
    again = move(two, moved)
    for workstation in pair:
        enrol_again(workstation, server)
    meet(pair)
    for workstation in pair:
        for wanted in (visit, again):
            there = seen(workstation, wanted)
            assert there is not None
            assert (there.starts, there.status) == (wanted.starts, AppointmentStatus.BOOKED)
    assert conflicts(pair) == 0


def never(_self: _Held, _until: object, _wrote: object) -> str | None:
    return None


def always(self: _Held, _until: object, _wrote: object) -> str | None:
    return str(self.newest or "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("broken", "claim"),
    [
        (never, test_report_booking_and_move_are_back_whoever_enrols_first),
        (always, test_what_others_changed_since_is_not_overwritten_and_somebody_is_told),
    ],
)
def test_a_comparison_that_forgets_or_overwrites_would_be_seen(
    pair: Pair,
    lost,
    server: CentralServer,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[..., str | None],
    claim: Callable[..., None],
) -> None:
    monkeypatch.setattr(_Held, "base", broken)
    more = {"first": 0} if broken is never else {"monkeypatch": monkeypatch}
    with pytest.raises(AssertionError):
        claim(pair, lost, server, **more)


@pytest.mark.slow
def test_offers_in_the_wrong_order_would_be_seen(
    pair: Pair, backup: Backup, server: CentralServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "_freed_first", earliest_first)
    with pytest.raises(AssertionError):
        test_a_day_that_was_put_off_by_half_an_hour_is_put_off_again(pair, backup, server)


def earliest_first(keys, there, _here):
    return sorted(keys, key=lambda key: [busy.starts_us for busy in there.get(key, ())])
