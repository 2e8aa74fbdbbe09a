"""Claims about visits with all they need: held, booked, moved, attended, beyond the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.bootstrap import Workstation
from app.errors import ForbiddenError, NotFoundError
from app.workflow import auditing, booking, holding, notifying, planning, visiting
from scheduling.errors import (
    AppointmentStatusError,
    OutsideHoursError,
    SlotTakenError,
    TooLateError,
    UnknownZoneError,
)
from scheduling.places import Absence, Place, Resource, ResourceKind
from scheduling.records import AppointmentStatus, CancelReason, NoticeKind, Slot
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PATIENT
from tests.app.workflow.imaging_site import LAKE, MRI, OTHER_ID, at, book, enter, free, open_site
from tests.app.workflow.samples import PATIENT_ID

MINUTES = timedelta(minutes=1)


@pytest.fixture
def site(clinic: Workstation) -> Workstation:
    open_site(clinic)
    return clinic


def test_a_visit_books_practitioner_and_scanner_with_their_buffers(site: Workstation) -> None:
    desk = enter(site, DESK)
    before = free(desk)
    visit = book(desk)
    assert (visit.resource_ids, visit.before_minutes, visit.place_id) == (("mr-1",), 5, "lake")
    after = {slot.starts for slot in free(desk)}
    gone = {slot.starts for slot in before} - after
    assert gone == {visit.starts + n * 10 * MINUTES for n in range(4)}


def test_what_a_person_is_deciding_about_nobody_else_can_take(site: Workstation) -> None:
    desk = enter(site, DESK)
    slot = free(desk)[0]
    kept = holding.hold(desk, slot, PATIENT_ID)
    doctor = enter(site, DOCTOR)
    assert slot not in free(doctor)
    with pytest.raises(SlotTakenError):
        booking.book(doctor, slot, OTHER_ID)
    desk = enter(site, DESK)
    assert booking.book(desk, slot, PATIENT_ID, hold_id=kept.id).status is AppointmentStatus.BOOKED
    with pytest.raises(NotFoundError):
        holding.let_go(desk, kept.id)


def test_a_hold_runs_out_by_itself_and_can_be_let_go(site: Workstation) -> None:
    desk = enter(site, DESK)
    slot = free(desk)[0]
    kept = holding.hold(desk, slot, PATIENT_ID)
    late = at(desk, kept.expires_at)
    assert booking.book(late, slot, OTHER_ID).patient_id == OTHER_ID
    other = free(desk)[0]
    holding.let_go(desk, holding.hold(desk, other, PATIENT_ID).id)
    assert other in free(desk)


def test_one_person_keeps_three_slots_at_most(site: Workstation) -> None:
    desk = enter(site, DESK)
    slots = free(desk)[::4][:4]
    assert len(slots) == 4
    for slot in slots:
        holding.hold(desk, slot, PATIENT_ID)
    with desk.begin() as work:
        assert [one.starts for one in work.holds.standing(desk.now())] == [
            slot.starts for slot in slots[1:]
        ]


def test_a_hold_of_somebody_else_is_no_key(site: Workstation) -> None:
    slot = free(enter(site, DESK))[0]
    kept = holding.hold(enter(site, DESK), slot, PATIENT_ID)
    doctor = enter(site, DOCTOR)
    with pytest.raises(SlotTakenError):
        booking.book(doctor, slot, OTHER_ID, hold_id=kept.id)
    with pytest.raises(NotFoundError):
        holding.let_go(doctor, kept.id)


def test_a_moved_visit_keeps_its_id_frees_its_time_and_the_patient_is_told(
    site: Workstation,
) -> None:
    desk = enter(site, DESK)
    visit = book(desk)
    new = free(desk, 4)[2]
    moved = visiting.reschedule(desk, visit.id, new)
    assert (moved.id, moved.starts, moved.sequence) == (visit.id, new.starts, 1)
    assert visit.starts in {slot.starts for slot in free(desk)}
    told = notifying.notices(desk, visit.id)
    assert NoticeKind.CHANGE in {one.kind for one in told}


def test_a_visit_can_be_moved_by_ten_minutes_into_its_own_time(site: Workstation) -> None:
    desk = enter(site, DESK)
    visit = book(desk)
    own = booking.find(desk, visit.starts, visit.ends + 60 * MINUTES, visit_type_id="mri", limit=1)
    later = replace(own[0], starts=visit.starts + 10 * MINUTES, ends=visit.ends + 10 * MINUTES)
    assert visiting.reschedule(desk, visit.id, later).starts == later.starts


def test_a_visit_that_cannot_be_moved_stays(site: Workstation) -> None:
    desk = enter(site, DESK)
    visit, other = book(desk), book(desk, OTHER_ID)
    with pytest.raises(SlotTakenError):
        visiting.reschedule(
            desk, visit.id, Slot(other.starts, other.ends, other.practitioner_id, "lake", "mri")
        )
    with desk.begin() as work:
        assert work.appointments.get(visit.id) == visit


def test_a_patient_moves_and_cancels_the_own_visit_in_time_only(site: Workstation) -> None:
    visit = book(enter(site, DESK))
    patient = enter(site, PATIENT)
    late = at(patient, visit.starts - timedelta(hours=23))
    with pytest.raises(TooLateError, match="24 hours"):
        visiting.reschedule(late, visit.id, free(patient, 5)[0])
    with pytest.raises(TooLateError):
        booking.cancel(late, visit.id)
    visit = visiting.reschedule(patient, visit.id, free(patient, 5)[0])
    gone = booking.cancel(patient, visit.id)
    assert gone.cancelled_because == CancelReason.PORTAL.value


def test_a_patient_moves_nobody_elses_visit(site: Workstation) -> None:
    visit = book(enter(site, DESK), OTHER_ID)
    patient = enter(site, PATIENT)
    slot = free(patient, 5)[0]
    for act in (
        lambda: visiting.reschedule(patient, visit.id, slot),
        lambda: booking.alternatives(patient, visit.id),
        lambda: holding.hold(patient, slot, OTHER_ID),
        lambda: visiting.attend(patient, visit.id, AppointmentStatus.ARRIVED),
        lambda: visiting.overbook(patient, slot, PATIENT_ID, "I am in a hurry"),
    ):
        with pytest.raises(ForbiddenError):
            act()


def test_patients_book_only_what_is_meant_for_them_and_not_at_the_last_minute(
    site: Workstation,
) -> None:
    admin = enter(site, ADMIN)
    planning.put_visit_type(admin, replace(MRI, id="bare", self_bookable=False))
    planning.put_visit_type(admin, replace(MRI, lead_minutes=5 * 24 * 60))
    patient = enter(site, PATIENT)
    assert [one.id for one in planning.visit_types(patient)] == ["mri"]
    assert free(patient) == ()
    slot = free(enter(site, DESK))[0]
    patient = enter(site, PATIENT)
    with pytest.raises(OutsideHoursError, match="too near"):
        booking.book(patient, slot, PATIENT_ID)
    with pytest.raises(NotFoundError):
        booking.book(patient, replace(slot, visit_type_id="bare"), PATIENT_ID)
    assert booking.book(enter(site, DESK), slot, PATIENT_ID).visit_type_id == "mri"


def test_nobody_is_in_two_rooms_at_once(site: Workstation) -> None:
    desk = enter(site, DESK)
    visit = book(desk)
    with desk.begin() as work:
        other = work.practitioners.get(visit.practitioner_id)
        assert other is not None
        work.practitioners.put(replace(other, id="dr-2"))
        work.resources.put(Resource("mr-2", "lake", ResourceKind.SCANNER, "Scanner 2"))
        for one in work.availabilities.all():
            work.availabilities.put(replace(one, id=f"2-{one.id}", practitioner_id="dr-2"))
    same = Slot(visit.starts, visit.ends, "dr-2", "lake", "mri")
    with pytest.raises(SlotTakenError, match="another appointment"):
        booking.book(desk, same, PATIENT_ID)
    assert booking.book(desk, same, OTHER_ID).resource_ids == ("mr-2",)


def test_a_patient_arrives_is_seen_or_is_missed_and_a_slip_is_put_right(
    site: Workstation,
) -> None:
    desk = enter(site, DESK)
    visit = book(desk)
    with pytest.raises(AppointmentStatusError):
        visiting.attend(desk, visit.id, AppointmentStatus.ARRIVED)
    there = at(desk, visit.starts)
    arrived, booked = AppointmentStatus.ARRIVED, AppointmentStatus.BOOKED
    for status in (arrived, booked, AppointmentStatus.NOSHOW, arrived, AppointmentStatus.FULFILLED):
        assert visiting.attend(there, visit.id, status).status is status
    with pytest.raises(AppointmentStatusError):
        visiting.attend(there, visit.id, AppointmentStatus.CANCELLED)
    with pytest.raises(AppointmentStatusError):
        visiting.reschedule(there, visit.id, free(desk, 5)[0])


def test_a_walk_in_needs_a_reason_and_counts_for_the_next(site: Workstation) -> None:
    desk = enter(site, DESK)
    visit = book(desk)
    slot = Slot(visit.starts, visit.ends, visit.practitioner_id, "lake", "mri", ("mr-1",))
    with pytest.raises(OutsideHoursError, match="reason"):
        visiting.overbook(desk, slot, OTHER_ID, "  ")
    extra = visiting.overbook(desk, slot, OTHER_ID, "acute headache, sent by the ward")
    assert extra.exception == "acute headache, sent by the ward"
    there = at(desk, visit.starts)
    for one in (visit, extra):
        visiting.attend(there, one.id, AppointmentStatus.ARRIVED)
    with pytest.raises(OutsideHoursError, match="passed"):
        visiting.overbook(at(desk, visit.ends), slot, OTHER_ID, "late")
    noted = [
        one for one in auditing.lines(enter(site, ADMIN)).entries[:50] if "overbooked" in one.action
    ]
    assert len(noted) == 1


def test_leave_closes_the_time_and_says_whose_visits_it_falls_on(site: Workstation) -> None:
    desk = enter(site, DESK)
    visit = book(desk)
    day = visit.starts.date()
    leave = Absence("ab", visit.practitioner_id, day, day + timedelta(days=1), reason="leave")
    assert planning.put_absence(desk, leave) == (visit,)
    assert free(desk) == ()
    assert booking.alternatives(desk, visit.id)
    other_day = Absence("ab-2", "mr-1", date(2020, 1, 1), date(2020, 1, 2))
    assert planning.put_absence(desk, other_day) == ()
    assert planning.absences(desk) == (other_day, leave)
    planning.remove_absence(desk, leave.subject_id, leave.id)
    assert free(desk)


def test_maintenance_of_a_scanner_and_a_closed_place_close_the_time(site: Workstation) -> None:
    desk = enter(site, DESK)
    visit = book(desk)
    day = visit.starts.date()
    for subject in ("mr-1", "lake"):
        closed = Absence(f"c-{subject}", subject, day, day)
        assert planning.put_absence(desk, closed) == (visit,)
        assert free(desk) == ()
        planning.remove_absence(desk, subject, closed.id)
    with pytest.raises(NotFoundError):
        planning.put_absence(desk, Absence("x", "nobody", day, day))


def test_a_doctor_writes_down_the_own_leave_only(site: Workstation) -> None:
    doctor = enter(site, DOCTOR)
    day = doctor.now().date()
    planning.put_absence(doctor, Absence("mine", doctor.actor.practitioner_id, day, day))
    for subject in ("mr-1", "lake"):
        with pytest.raises(ForbiddenError):
            planning.put_absence(doctor, Absence("theirs", subject, day, day))


@pytest.mark.parametrize(
    "place",
    [
        Place("p", "Nowhere", "Mars/Olympus"),
        Place("p", "Nowhere", "../etc/passwd"),
        Place("p", "Nowhere", "UTC", country="XX"),
        Place("p", "Nowhere", "UTC", country="DE", region="XX"),
    ],
)
def test_a_place_without_a_known_zone_or_holidays_is_not_kept(
    site: Workstation, place: Place
) -> None:
    with pytest.raises(UnknownZoneError):
        planning.put_place(enter(site, ADMIN), place)
    assert planning.places(enter(site, DESK)) == (LAKE,)


def test_extra_hours_of_one_day_can_be_booked_on_that_day(site: Workstation) -> None:
    doctor = enter(site, DOCTOR)
    day = (doctor.now() + timedelta(days=6)).date()
    usual = planning_hours(doctor)
    late = replace(usual, id="late", weekday=day.weekday(), from_day=day, until=day)
    planning.put_hours(doctor, replace(late, starts=usual.ends, ends=usual.ends.replace(hour=14)))
    assert len(free(doctor, 6)) > len(free(doctor, 7))


def planning_hours(doctor):
    return booking.availabilities(doctor, doctor.actor.practitioner_id)[0]


def test_every_act_leaves_its_line_in_the_audit(site: Workstation) -> None:
    desk = enter(site, DESK)
    visit = book(desk)
    visiting.reschedule(desk, visit.id, free(desk, 4)[0])
    booking.cancel(desk, visit.id, CancelReason.WEATHER)
    lines = auditing.lines(enter(site, ADMIN)).entries[:50]
    acts = [one.action for one in lines if one.patient_id == PATIENT_ID]
    for act in ("appointment.booked", "appointment.moved", "appointment.cancelled"):
        assert act in acts
