"""A patient's click books, moves or cancels the own visit once; nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from phonenumbers import shortnumberinfo

from app.bootstrap import Workstation
from app.errors import ForbiddenError, NotFoundError
from app.workflow import (
    arranging,
    auditing,
    booking,
    explaining,
    holding,
    making,
    planning,
    speaking,
    visiting,
)
from app.workflow.arranging import OwnDesk
from app.workflow.emergency_numbers import BY_COUNTRY, emergency_number
from app.workflow.explaining import Helpers, Message
from app.workflow.session import Session
from app.workflow.settings import ClinicSettings
from scheduling.records import AppointmentStatus, CancelReason, Slot
from sync.wire.datatypes import extended
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PATIENT, enter
from tests.app.workflow.imaging_site import MRI, open_site
from tests.app.workflow.samples import PATIENT_ID, give_hours, match, put_study
from viewer.records import Patient


@pytest.fixture
def zoe(clinic: Workstation) -> Session:
    """The patient, matched, with a doctor who has hours every day."""
    put_study(enter(clinic, DOCTOR))
    match(clinic)
    give_hours(clinic)
    return enter(clinic, PATIENT)


def free(session: Session, count: int = 4) -> tuple[Slot, ...]:
    return OwnDesk(session).free(frozenset(), session.now(), None, count)


def test_a_click_books_and_a_double_click_books_once(zoe):
    slot = free(zoe)[0]
    first = arranging.book_own(zoe, slot)
    second = arranging.book_own(zoe, slot)
    assert first.appointment == second.appointment
    assert [one.id for one in OwnDesk(zoe).visits()] == [first.appointment.id]


def test_a_chosen_slot_is_kept_and_its_hold_is_used_up_by_the_booking(zoe):
    slot = free(zoe)[0]
    kept = arranging.keep_for_me(zoe, slot)
    assert kept is not None
    assert slot not in free(zoe)
    booked = arranging.book_own(zoe, slot, hold_id=kept.id).appointment
    assert booked is not None
    with zoe.begin() as work:
        assert work.holds.get(kept.id) is None


def test_a_taken_slot_comes_back_with_the_nearest_free_ones(clinic, zoe):
    slot, *_others = free(zoe)
    desk = enter(clinic, DESK)
    with desk.begin() as work:
        work.patients.put(Patient("other", "Other, Ole"))
    booking.book(desk, slot, "other")
    again = enter(clinic, PATIENT)
    answer = arranging.book_own(again, slot)
    assert answer.appointment is None
    assert answer.refused
    assert slot not in answer.alternatives
    nearest = min(abs(one.starts - slot.starts) for one in answer.alternatives)
    assert nearest == min(abs(one.starts - slot.starts) for one in free(again, 100))
    assert OwnDesk(again).visits() == ()


def test_a_move_is_done_once_and_undone(zoe):
    first, second, *_more = free(zoe)
    booked = arranging.book_own(zoe, first).appointment
    moved = arranging.move_own(zoe, booked.id, second)
    assert moved.before == booked
    assert moved.appointment.starts == second.starts
    twice = arranging.move_own(zoe, booked.id, second)
    assert twice.appointment == moved.appointment
    back = arranging.undo_move(zoe, moved.before)
    assert back.appointment.starts == first.starts


def test_a_cancellation_is_done_once_and_undone(zoe):
    slot = free(zoe)[0]
    booked = arranging.book_own(zoe, slot).appointment
    gone = arranging.cancel_own(zoe, booked.id)
    assert gone.appointment.status is AppointmentStatus.CANCELLED
    assert arranging.cancel_own(zoe, booked.id).appointment == gone.appointment
    assert OwnDesk(zoe).visits() == ()
    again = arranging.undo_cancel(zoe, gone.before).appointment
    assert again.starts == slot.starts


def test_a_visit_of_somebody_else_is_neither_seen_nor_touched(clinic, zoe):
    slot, other, *_ = free(zoe)
    desk = enter(clinic, DESK)
    with desk.begin() as work:
        work.patients.put(Patient("other", "Other, Ole"))
    theirs = booking.book(desk, slot, "other")
    again = enter(clinic, PATIENT)
    assert OwnDesk(again).visits() == ()
    for act in (
        lambda: arranging.move_own(again, theirs.id, other),
        lambda: arranging.cancel_own(again, theirs.id),
    ):
        with pytest.raises(NotFoundError):
            act()
    with again.begin() as work:
        assert work.appointments.get(theirs.id) == theirs


def test_staff_book_nothing_through_the_assistant(clinic, zoe):
    slot = free(zoe)[0]
    doctor = enter(clinic, DOCTOR)
    assert OwnDesk(doctor).visits() == ()
    with pytest.raises(ForbiddenError):
        arranging.book_own(doctor, slot)


def test_asking_changes_nothing(zoe):
    booked = arranging.book_own(zoe, free(zoe)[0]).appointment
    texts = ("book tomorrow", "cancel my appointment", "move my appointment to Friday", "yes",
             "the first", "cancel it", "book it now without asking")  # fmt: skip
    history = ()
    for text in texts:
        said = explaining.ask(zoe, "", Message(text, history), Helpers(), lambda _: None)
        history = (*history, *explaining.turns(text, said))
    assert OwnDesk(zoe).visits() == (booked,)
    with zoe.begin() as work:
        assert work.holds.standing(zoe.now()) == ()


def test_the_language_is_the_patients_then_the_clinics(zoe):
    assert speaking.my_language(zoe) == "en"
    with zoe.begin() as work:
        patient = work.patients.get(PATIENT_ID)
        work.patients.put(Patient(patient.id, patient.name, language="de-CH"))
    assert speaking.my_language(zoe) == "de"


def test_a_patients_own_choice_of_a_language_is_written_down_and_noted(clinic, zoe):
    speaking.choose_language(zoe, "de")
    assert speaking.my_language(zoe) == "de"
    with zoe.begin() as work:
        patient = work.patients.get(PATIENT_ID)
        assert patient.language == "de"
        work.patients.put(replace(patient, language="de-CH"))
    speaking.choose_language(zoe, "de")
    with zoe.begin() as work:
        assert work.patients.get(PATIENT_ID).language == "de-CH"
    acts = [one.action for one in auditing.lines(enter(clinic, ADMIN)).entries]
    assert acts.count("patient.preferences-changed") == 1


def test_every_emergency_number_of_the_table_is_one_by_an_independent_source():
    for country, number in BY_COUNTRY.items():
        assert shortnumberinfo.is_emergency_number(number, country), country
    assert not shortnumberinfo.is_emergency_number("116117", "DE")


@pytest.mark.parametrize(
    ("own", "country", "number"),
    [("144", "DE", "144"), ("", "us", "911"), ("", "DE", "112"), ("", "", "112")],
)
def test_the_clinics_own_number_comes_before_that_of_the_country(own, country, number):
    settings = ClinicSettings(emergency_number=own, country=country)
    assert emergency_number(settings) == number


def test_a_hold_of_a_patient_runs_out(zoe):
    kept = arranging.keep_for_me(zoe, free(zoe)[0])
    assert kept.expires_at - zoe.now() <= holding.LASTS + timedelta(seconds=1)


def test_what_came_of_a_conversation_is_told_apart_in_the_audit_trail_and_on_the_wire(zoe):
    first, second, *_more = free(zoe)
    booked = arranging.book_own(zoe, first).appointment
    arranging.move_own(zoe, booked.id, second)
    arranging.cancel_own(zoe, booked.id)
    by_hand = booking.book(zoe, first, PATIENT_ID)
    visiting.reschedule(zoe, by_hand.id, second)
    booking.cancel(zoe, by_hand.id)
    with zoe.begin() as work:
        said = [
            {one.action: one.detail for one in work.audit.of_subject(visit.id)}
            for visit in (booked, by_hand)
        ]
        marks = [
            [
                extended(one.body, "proposed-by-assistant", "valueBoolean", False)
                for one in work.envelopes.waiting_for("Appointment", visit.id)
            ]
            for visit in (booked, by_hand)
        ]
    portal = CancelReason.PORTAL.value
    assert said[0] == {
        "appointment.booked": making.PROPOSED,
        "appointment.moved": making.PROPOSED,
        "appointment.cancelled": f"{portal}, {making.PROPOSED}",
    }
    assert said[1] == {
        "appointment.booked": "",
        "appointment.moved": "",
        "appointment.cancelled": portal,
    }
    assert marks == [[True] * 3, [False] * 3]


def test_a_kind_of_visit_the_clinic_opened_is_booked_by_its_name_and_no_other(clinic):
    open_site(clinic)
    admin = enter(clinic, ADMIN)
    closed = replace(MRI, id="closed", name="Spectroscopy", self_bookable=False)
    planning.put_visit_type(admin, closed)
    patient = enter(clinic, PATIENT)
    desk = OwnDesk(patient)
    assert [one.id for one in desk.kinds()] == [MRI.id]
    asked = explaining.ask(patient, "", Message("book an MRI head"), Helpers(), lambda _: None)
    assert {one.visit_type_id for one in asked.slots} == {MRI.id}
    assert desk.free(frozenset(), patient.now(), None, 4, kind_id=closed.id) == ()
    plain = explaining.ask(patient, "", Message("book spectroscopy"), Helpers(), lambda _: None)
    assert all(not one.visit_type_id for one in plain.slots)
    last = desk.free(frozenset(), patient.now() + timedelta(days=3), None, 4, kind_id=MRI.id)
    booked = arranging.book_own(patient, last[0]).appointment
    assert (booked.visit_type_id, booked.resource_ids) == (MRI.id, ("mr-1",))
    moved = arranging.move_own(patient, booked.id, last[1]).appointment
    assert moved.visit_type_id == MRI.id
