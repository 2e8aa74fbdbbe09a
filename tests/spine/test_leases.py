"""Claims about leased time between two real workstations and their server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.bootstrap import Workstation
from app.demo.central import CentralServer
from app.workflow import booking, configuring, leasing, sending
from app.workflow.settings import read_settings
from scheduling.records import Appointment, AppointmentStatus, NoticeKind, Slot
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, enter
from tests.app.workflow.samples import PATIENT_ID, give_hours, put_study
from tests.spine.conftest import Clock, turn
from tests.spine.test_two_workstations import Pair, _meet


def _keep(pair: Pair, clock: Clock, share: int = 50) -> str:
    """Let the first keep a share of the doctor's free hours; return the practitioner's id."""
    one, _ = pair
    practitioner_id = give_hours(one)
    for workstation in pair:
        put_study(enter(workstation, DOCTOR))
    _meet(pair)
    admin = enter(one, ADMIN)
    with admin.begin() as work:
        settings = read_settings(work)
    kept = replace(settings, offline_share=share, offline_days=3)
    configuring.save_settings(admin, kept)
    _meet(pair)
    clock.later(minutes=1)
    _meet(pair)
    return practitioner_id


def _offered(workstation: Workstation) -> tuple[Slot, ...]:
    """What a workstation offers in the days ahead."""
    session = enter(workstation, DESK)
    now = session.now()
    return booking.find(session, now, now + timedelta(days=3))


def _within(slot: Slot, times: tuple[leasing.LeasedTime, ...]) -> bool:
    return any(time.starts <= slot.starts and slot.ends <= time.ends for time in times)


def _stands(pair: Pair, number: int, made: Appointment) -> AppointmentStatus:
    with enter(pair[number], DESK).begin() as work:
        found = work.appointments.get(made.id)
        assert found is not None
        return found.status


def test_what_is_booked_offline_in_leased_time_is_booked_and_stays_so(
    pair: Pair, server: CentralServer, clock: Clock
) -> None:
    _keep(pair, clock)
    one, two = pair
    status = leasing.status(enter(one, DESK))
    assert status.times
    assert status.until == max(time.ends for time in status.times)
    assert leasing.status(enter(two, DESK)).times == ()
    kept = status.times[0]
    server.stop()
    offered = _offered(one)
    slot = next(s for s in offered if _within(s, (kept,)))
    free = next(s for s in offered if not _within(s, status.times))
    desk = enter(one, DESK)
    made = booking.book(desk, slot, PATIENT_ID)
    assert made.status is AppointmentStatus.BOOKED
    assert booking.book(desk, free, PATIENT_ID).status is AppointmentStatus.PENDING
    with desk.begin() as work:
        kinds = {notice.kind for notice in work.notices.of_appointment(made.id)}
    assert NoticeKind.PROVISIONAL not in kinds
    assert not any(_within(s, status.times) for s in _offered(two))
    assert turn(one) != ""
    told = sending.status(enter(one, DESK))
    assert told.last_error
    assert told.final_until == status.until
    server.start()
    clock.later(hours=1)
    _meet(pair)
    assert _stands(pair, 0, made) is _stands(pair, 1, made) is AppointmentStatus.BOOKED
    assert sending.conflicts(enter(one, DESK)) == ()


def test_time_kept_elsewhere_is_offered_again_once_it_is_given_back(
    pair: Pair, clock: Clock
) -> None:
    _keep(pair, clock)
    one, two = pair
    kept = leasing.status(enter(one, DESK)).times
    assert not any(_within(slot, kept) for slot in _offered(two))
    admin = enter(one, ADMIN)
    settings = configuring.clinic_settings(admin)
    configuring.save_settings(admin, replace(settings, offline_share=0))
    _meet(pair)
    clock.later(minutes=1)
    _meet(pair)
    assert leasing.status(enter(one, DESK)).times == ()
    assert any(_within(slot, kept) for slot in _offered(two))


def test_a_booking_in_a_lease_that_a_person_ended_is_lost_and_told(
    pair: Pair, server: CentralServer, clock: Clock
) -> None:
    practitioner_id = _keep(pair, clock, share=100)
    one, two = pair
    kept = leasing.status(enter(one, DESK)).times
    slot = next(s for s in _offered(one) if _within(s, kept))
    with enter(one, DESK).begin() as work:
        peer = work.replica.peer()
    assert peer is not None
    desk = enter(one, DESK)
    made = booking.book(desk, slot, PATIENT_ID)
    assert made.status is AppointmentStatus.BOOKED
    server.end_leases("Hillside", peer.device_id)
    clock.later(minutes=1)
    assert turn(two) == ""
    rival = booking.book(enter(two, DESK), slot, PATIENT_ID)
    assert rival.practitioner_id == practitioner_id
    assert turn(two) == ""
    _meet(pair)
    assert _stands(pair, 1, rival) is AppointmentStatus.BOOKED
    assert _stands(pair, 0, made) is AppointmentStatus.CANCELLED
    assert len(sending.conflicts(enter(one, DESK))) == 1
    with enter(one, DESK).begin() as work:
        kinds = {notice.kind for notice in work.notices.of_appointment(made.id)}
    assert NoticeKind.LOST_SLOT in kinds or not kinds
