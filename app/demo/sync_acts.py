"""Step 9: the server is back; a second workstation; the same time booked twice offline."""

from __future__ import annotations

from hashlib import sha256

from app.bootstrap import Workstation
from app.demo.cast import CLINIC, DOCTOR, MARKER, PASSWORD, ZONE
from app.demo.doctor_acts import sign_in
from app.demo.stage import Stage, quiet
from app.demo.steps import expect
from app.records import Role
from app.workflow import admitting, booking, configuring, reporting, sending
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from assistant.engine.e5 import FOR_MESSAGES, FOR_PAIRS
from scheduling.records import Appointment, AppointmentStatus


def meet_server(stage: Stage) -> None:
    """Bring the network back: report and appointment arrive, on a second workstation too."""
    stage.server.start()
    stage.clock.later(minutes=60)
    summary = stage.workstation.background_turn(quiet)
    expect(summary is not None and not summary.reason, f"the server was not reached: {summary}")
    second = Workstation(stage.out / "workstation-2", clock=stage.clock)
    try:
        desk = _second_workstation(stage, second)
        _compare(stage, second)
        _book_twice(stage, second, desk)
    finally:
        second.close()


def _second_workstation(stage: Stage, second: Workstation) -> Session:
    second.clinic.found(
        clinic_name=CLINIC, zone=ZONE, name="Bo Second", username="bo", password=PASSWORD
    )
    admin = second.clinic.sign_in("bo", PASSWORD)
    configuring.enrol(admin, stage.server.url, stage.server.code(CLINIC))
    second.background_turn(quiet)
    for form in (
        SignUp(Role.DOCTOR, DOCTOR.name, DOCTOR.username, PASSWORD, specialty=DOCTOR.specialty),
        SignUp(Role.RECEPTIONIST, "Eve Desk", "eve", PASSWORD),
    ):
        admitting.add_staff(admin, form)
    return second.clinic.sign_in("eve", PASSWORD)


def _compare(stage: Stage, second: Workstation) -> None:
    there = second.clinic.sign_in(DOCTOR.username, PASSWORD)
    sign_in(stage, DOCTOR.username)
    here = reporting.verified(stage.signed_in(), stage.report_id)
    expect(reporting.verified(there, stage.report_id) == here, "the report differs over there")
    expect(len(reporting.history(there, stage.report_id)) == here.version, "a version is doubled")
    with there.begin() as work:
        appointment = work.appointments.get(stage.appointment_id)
    expect(
        appointment is not None and appointment.status is AppointmentStatus.BOOKED,
        "the appointment did not arrive",
    )
    stage.steps.note("the signed report (seal checked) and the appointment arrived once")


def _book_twice(stage: Stage, second: Workstation, _: Session) -> None:
    stage.server.stop()
    sign_in(stage, "dan")
    sessions = (stage.signed_in(), second.clinic.sign_in("eve", PASSWORD))
    patient_id = admitting.search_patients(sessions[0], "")[0].id
    made = [_book_first(session, patient_id) for session in sessions]
    expect(made[0].starts == made[1].starts, "the two workstations did not pick the same time")
    stage.server.start()
    stage.clock.later(minutes=60)
    workstations = (stage.workstation, second)
    for workstation in (*workstations, *workstations):
        workstation.background_turn(quiet)
    for session in sessions:
        with session.begin() as work:
            held = [work.appointments.get(one.id) for one in made]
        booked = [one for one in held if one and one.status is AppointmentStatus.BOOKED]
        expect(len(booked) == 1 and booked[0].id == made[0].id, "not exactly one booking")
    told = sending.conflicts(sessions[1])
    expect(len(told) == 1, "the loser was not told")
    stage.steps.note(
        f"same time booked twice offline: one booking; the other told “{told[0].reason}”"
    )


def _book_first(session: Session, patient_id: str) -> Appointment:
    slot = booking.find_slots(session, "", "", session.now(), 1)[0]
    return booking.book(session, slot, patient_id)


def search_for_names(stage: Stage) -> None:
    """Search every file of the workstations for names; fail on the first readable one.

    The sentence encoders' files hold a vocabulary, and names are words. One is left out if it has
    the digest that it had before any patient was known.
    """
    words = [MARKER, *stage.names]
    needles = [
        text.encode(coding)
        for word in words
        for text in (word, word.upper(), word.lower())
        for coding in ("utf-8", "utf-16-le", "latin-1")
    ]
    looked_at, before_anybody = 0, {FOR_MESSAGES.digest, FOR_PAIRS.digest}
    for folder in ("workstation-1", "workstation-2", "server"):
        for path in (stage.out / folder).rglob("*"):
            if path.is_file():
                looked_at += 1
                held = path.read_bytes()
                if sha256(held).hexdigest() in before_anybody:
                    continue
                expect(not any(needle in held for needle in needles), f"{path} names a patient")
    stage.steps.note(f"no patient name is readable in {looked_at} files")
