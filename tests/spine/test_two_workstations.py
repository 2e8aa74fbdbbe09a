"""Claims about two workstations of one clinic: exactly once, one booking, one told loser."""

from __future__ import annotations

from dataclasses import replace

from app.bootstrap import Workstation
from app.demo.central import CentralServer
from app.workflow import (
    booking,
    planning,
    releasing,
    reporting,
    reviewing,
    sending,
    signing,
    visiting,
)
from app.workflow.outgoing import send_practitioner
from app.workflow.seal import check_seal
from app.workflow.session import Session
from scheduling.places import Absence
from scheduling.records import Appointment, AppointmentStatus, NoticeKind
from tests.app.workflow.conftest import DESK, DOCTOR, PASSWORD, enter
from tests.app.workflow.imaging_site import LAKE, MRI, OTHER_ID, free, hours, open_site
from tests.app.workflow.imaging_site import enter as site_enter
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


def _with_a_scanner(pair: Pair) -> None:
    """One site, one scanner and a second doctor, planned on one workstation, known on both."""
    one, _ = pair
    practitioner_id = open_site(one)
    desk = site_enter(one, DESK)
    with desk.begin() as work:
        doctor = work.practitioners.get(practitioner_id)
        assert doctor is not None
        other = replace(doctor, id="dr-2", name="Dr. Two")
        work.practitioners.put(other)
        send_practitioner(work, other, desk.now())
    for day in range(7):
        planning.put_hours(desk, hours("dr-2", day))
    _meet(pair)


def _booked_with(session: Session, practitioner_id: str, patient_id: str) -> Appointment:
    slots = [one for one in free(session) if one.practitioner_id == practitioner_id]
    return booking.book(session, slots[0], patient_id)


def test_places_scanners_visits_and_leave_are_known_on_both(pair: Pair) -> None:
    _with_a_scanner(pair)
    one, two = pair
    here, there = site_enter(one, DESK), site_enter(two, DESK)
    assert planning.places(there) == planning.places(here) == (LAKE,)
    assert planning.resources(there) == planning.resources(here)
    assert planning.visit_types(there) == (MRI,)
    assert free(there) == free(here) != ()
    day = free(here)[0].starts.date()
    planning.put_absence(here, Absence("repair", "mr-1", day, day))
    _meet(pair)
    assert free(there) == ()
    planning.remove_absence(here, "mr-1", "repair")
    _meet(pair)
    assert free(there) == free(here) != ()


def test_one_scanner_booked_on_two_workstations_offline_goes_to_one_and_the_other_is_offered_times(
    pair: Pair, server: CentralServer, clock: Clock
) -> None:
    _with_a_scanner(pair)
    one, two = pair
    put_study(enter(two, DOCTOR))
    here, there = site_enter(one, DESK), site_enter(two, DESK)
    server.stop()
    own = next(slot.practitioner_id for slot in free(here) if slot.practitioner_id != "dr-2")
    first = _booked_with(here, own, OTHER_ID)
    second = _booked_with(there, "dr-2", PATIENT_ID)
    assert (first.starts, first.resource_ids) == (second.starts, second.resource_ids)
    server.start()
    clock.later(hours=1)
    _meet(pair)
    for session in (here, there):
        with session.begin() as work:
            won, lost = (work.appointments.get(each.id) for each in (first, second))
            assert won is not None
            assert won.status is AppointmentStatus.BOOKED
            assert won.resource_ids == ("mr-1",)
            assert lost is None or lost.status is AppointmentStatus.CANCELLED
    with there.begin() as work:
        told = {notice.kind for notice in work.notices.of_appointment(second.id)}
        assert len(work.conflicts.open()) == 1
        patient = work.patients.get(PATIENT_ID)
    assert told <= {NoticeKind.PROVISIONAL, NoticeKind.LOST_SLOT}
    assert patient is not None
    instead = booking.alternatives(there, second.id)
    assert len(instead) == 3
    assert booking.book(there, instead[0], PATIENT_ID).practitioner_id == "dr-2"
    _meet(pair)
    with here.begin() as work:
        again = [each for each in work.appointments.of_patient(PATIENT_ID) if each.starts]
    assert [each.status for each in again] == [AppointmentStatus.BOOKED]


def test_a_move_that_the_server_refuses_leaves_the_old_time_standing(
    pair: Pair, server: CentralServer, clock: Clock
) -> None:
    _with_a_scanner(pair)
    one, two = pair
    here, there = site_enter(one, DESK), site_enter(two, DESK)
    visit = _booked_with(here, "dr-2", OTHER_ID)
    _meet(pair)
    server.stop()
    wanted = next(slot for slot in free(here, 4) if slot.practitioner_id == "dr-2")
    put_study(enter(two, DOCTOR))
    booking.book(there, wanted, PATIENT_ID)
    moved = visiting.reschedule(here, visit.id, wanted)
    assert moved.status is AppointmentStatus.PENDING
    server.start()
    clock.later(hours=1)
    turn(two)
    _meet(pair)
    for session in (here, there):
        with session.begin() as work:
            stands = work.appointments.get(visit.id)
        assert stands is not None
        assert (stands.starts, stands.status) == (visit.starts, AppointmentStatus.BOOKED)
    with here.begin() as work:
        kept = work.appointments.get(visit.id)
        assert kept is not None
        assert kept.sequence > moved.sequence
        assert len(work.conflicts.open()) == 1
