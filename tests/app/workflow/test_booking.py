"""Claims about booking, and about what patients are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.errors import ForbiddenError, WorkstationError
from app.workflow import admitting, auditing, booking, notifying
from app.workflow.configuring import clinic_settings, save_settings
from scheduling.errors import OutsideHoursError, SlotTakenError
from scheduling.records import AppointmentStatus, Channel, NoticeKind, NoticeState, Purpose, Slot
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PATIENT, enter
from tests.app.workflow.samples import PATIENT_ID, first_slot, give_hours, match, put_study


@pytest.fixture
def ready(clinic: Workstation) -> Workstation:
    put_study(enter(clinic, DOCTOR))
    match(clinic)
    give_hours(clinic)
    return clinic


def test_a_patient_books_a_free_slot_and_is_told_by_mail_and_sms(ready: Workstation) -> None:
    patient = enter(ready, PATIENT)
    appointment = booking.book(patient, first_slot(patient), PATIENT_ID, by_assistant=True)
    assert appointment.status is AppointmentStatus.BOOKED
    assert [one.appointment for one in booking.my_appointments(patient)] == [appointment]
    planned = notifying.notices(enter(ready, DESK), appointment.id)
    told = {(one.kind, one.channel) for one in planned}
    assert {
        (NoticeKind.CONFIRMATION, Channel.EMAIL),
        (NoticeKind.CONFIRMATION, Channel.SMS),
    } <= told
    assert not any("lesion" in one.body.lower() for one in planned)


def test_a_slot_is_given_once(ready: Workstation) -> None:
    patient = enter(ready, PATIENT)
    slot = first_slot(patient)
    booking.book(patient, slot, PATIENT_ID)
    with pytest.raises(SlotTakenError) as refusal:
        booking.book(patient, slot, PATIENT_ID)
    assert refusal.value.alternatives
    assert slot not in refusal.value.alternatives


def test_a_time_outside_working_hours_cannot_be_booked(ready: Workstation) -> None:
    patient = enter(ready, PATIENT)
    slot = first_slot(patient)
    odd = Slot(slot.starts.replace(hour=3), slot.ends.replace(hour=4), slot.practitioner_id)
    with pytest.raises(OutsideHoursError):
        booking.book(patient, odd, PATIENT_ID)


def test_a_cancelled_slot_is_free_again(ready: Workstation) -> None:
    patient = enter(ready, PATIENT)
    slot = first_slot(patient)
    appointment = booking.book(patient, slot, PATIENT_ID)
    assert booking.cancel(patient, appointment.id).status is AppointmentStatus.CANCELLED
    assert first_slot(patient) == slot


def test_a_patient_books_for_nobody_else(ready: Workstation) -> None:
    patient = enter(ready, PATIENT)
    with pytest.raises(ForbiddenError):
        booking.book(patient, first_slot(patient), "somebody-else")


def test_a_doctor_edits_the_own_hours_only(ready: Workstation) -> None:
    doctor = enter(ready, DOCTOR)
    with pytest.raises(ForbiddenError):
        booking.remove_availability(doctor, "another-practitioner", "x")


def test_a_message_waits_with_its_reason_while_nothing_is_configured(ready: Workstation) -> None:
    patient = enter(ready, PATIENT)
    appointment = booking.book(patient, first_slot(patient), PATIENT_ID)
    ready.background_turn(lambda _fraction, _text: None)
    planned = notifying.notices(enter(ready, DESK), appointment.id)
    now_due = [one for one in planned if one.kind is NoticeKind.CONFIRMATION]
    assert all(one.state is NoticeState.PLANNED and one.last_error for one in now_due)


def test_stop_by_text_message_ends_text_messages_and_is_written_down(
    ready: Workstation, tmp_path: Path
) -> None:
    for name in ("inbox", "outbox", "sent", "error"):
        (tmp_path / "spool" / name).mkdir(parents=True)
    admin = enter(ready, ADMIN)
    settings = replace(
        clinic_settings(admin), sms_kind="gammu", sms_url=str(tmp_path / "spool"), quiet_hours=""
    )
    save_settings(admin, settings)
    desk = enter(ready, DESK)
    booking.book(desk, first_slot(desk), PATIENT_ID)
    ready.background_turn(lambda _fraction, _text: None)
    (sent,) = (tmp_path / "spool" / "outbox").glob("OUT*+33612345678*")
    sent.rename(tmp_path / "spool" / "sent" / sent.name)
    answer = tmp_path / "spool" / "inbox" / "IN20270503_080000_00_+33612345678_00.txt"
    answer.write_text("Stop")
    desk = enter(ready, DESK)
    with desk.begin() as work:
        work.settings.put("replies-heard", "")
    ready.background_turn(lambda _fraction, _text: None)
    kept = admitting.contact_preferences(enter(ready, DESK), PATIENT_ID)
    assert kept.said(Channel.SMS, Purpose.VISITS) is False
    desk = enter(ready, DESK)
    second = booking.book(desk, first_slot(desk), PATIENT_ID)
    planned = notifying.notices(enter(ready, DESK), second.id)
    assert {one.channel for one in planned} == {Channel.EMAIL}
    acts = [one.action for one in auditing.lines(enter(ready, ADMIN)).entries[:50]]
    assert "patient.preferences-changed" in acts


def test_only_an_administrator_sees_passwords_of_the_gateways(ready: Workstation) -> None:
    admin = enter(ready, ADMIN)
    save_settings(admin, replace(clinic_settings(admin), smtp_password="secret"))
    assert clinic_settings(admin).smtp_password == "secret"
    desk = enter(ready, DESK)
    assert clinic_settings(desk).smtp_password == ""
    with pytest.raises(ForbiddenError):
        save_settings(desk, clinic_settings(desk))


def test_an_address_without_enrolment_leaves_nobody_waiting_for_a_confirmation(
    ready: Workstation,
) -> None:
    admin = enter(ready, ADMIN)
    save_settings(admin, replace(clinic_settings(admin), server_url="https://server.example"))
    desk = enter(ready, DESK)
    appointment = booking.book(desk, first_slot(desk), PATIENT_ID)
    assert appointment.status is AppointmentStatus.BOOKED


@pytest.mark.parametrize("zone", ["Paris", "", "../etc/passwd", "Mars/Olympus"])
def test_a_time_zone_that_does_not_exist_is_not_saved(ready: Workstation, zone: str) -> None:
    admin = enter(ready, ADMIN)
    with pytest.raises(WorkstationError):
        save_settings(admin, replace(clinic_settings(admin), zone=zone))
    assert clinic_settings(admin).zone == "Europe/Paris"
