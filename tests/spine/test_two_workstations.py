"""Claims about two workstations of one clinic: exactly once, one booking, one told loser."""

from __future__ import annotations

from app.bootstrap import Workstation
from app.demo.central import CentralServer
from app.workflow import booking, releasing, reporting, reviewing, sending, signing
from app.workflow.seal import check_seal
from scheduling.records import AppointmentStatus, NoticeKind
from tests.app.workflow.conftest import DESK, DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import (
    PATIENT_ID,
    STUDY_UID,
    first_slot,
    give_hours,
    put_study,
    read_draft,
    see_today,
)
from tests.spine.conftest import Clock, turn

Pair = tuple[Workstation, Workstation]


def _meet(pair: Pair) -> None:
    """Let both tell the server, then both hear of it."""
    for _ in range(2):
        for workstation in pair:
            assert turn(workstation) == ""


def test_both_know_the_same_doctor_and_hours(pair: Pair) -> None:
    one, two = pair
    practitioner_id = give_hours(one)
    _meet(pair)
    there = enter(two, DESK)
    assert [person.id for person in booking.practitioners(there)].count(practitioner_id) == 1
    assert len(booking.availabilities(there, practitioner_id)) == 7


def test_a_signed_report_arrives_once_and_whole(pair: Pair) -> None:
    one, two = pair
    doctor = enter(one, DOCTOR)
    put_study(doctor)
    reviewing.accept(doctor, "f-1")
    draft = read_draft(doctor, STUDY_UID)
    report = signing.sign(doctor, draft.id, PASSWORD)
    releasing.release(doctor, report.id)
    _meet(pair)
    there = enter(two, DOCTOR)
    see_today(there)
    assert reporting.verified(there, report.id) == report
    check_seal(reporting.verified(there, report.id))
    with there.begin() as work:
        assert work.reports.versions(report.id) == (report,)
        assert work.reports.released_at(report.id) is not None
    assert sending.status(enter(one, DOCTOR)).waiting == 0


def test_the_same_slot_booked_twice_offline_has_one_winner_and_one_told_loser(
    pair: Pair, server: CentralServer, clock: Clock
) -> None:
    one, two = pair
    give_hours(one)
    for workstation in pair:
        put_study(enter(workstation, DOCTOR))
    _meet(pair)
    server.stop()
    made = []
    for workstation in pair:
        desk = enter(workstation, DESK)
        with desk.begin() as work:
            patient = work.patients.get(PATIENT_ID)
            assert patient is not None
        made.append(booking.book(desk, first_slot(desk), PATIENT_ID))
        assert made[-1].status is AppointmentStatus.PENDING
        assert turn(workstation) != ""
    assert made[0].starts == made[1].starts
    server.start()
    clock.later(hours=1)
    _meet(pair)
    for workstation in pair:
        with enter(workstation, DESK).begin() as work:
            held = [work.appointments.get(one.id) for one in made]
        statuses = [one.status for one in held if one is not None]
        assert statuses.count(AppointmentStatus.BOOKED) == 1
    with enter(two, DESK).begin() as work:
        lost = work.appointments.get(made[1].id)
        assert lost is not None
        assert lost.status is AppointmentStatus.CANCELLED
        kinds = {notice.kind for notice in work.notices.of_appointment(lost.id)}
        assert len(work.conflicts.open()) == 1
    assert kinds <= {NoticeKind.PROVISIONAL, NoticeKind.LOST_SLOT}


def test_nothing_is_lost_while_the_server_is_away(pair: Pair, server: CentralServer) -> None:
    one, _ = pair
    server.stop()
    give_hours(one)
    assert turn(one) != ""
    status = sending.status(enter(one, DESK))
    assert status.waiting == 8
    assert status.last_error
