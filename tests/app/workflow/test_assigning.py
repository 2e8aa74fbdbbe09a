"""Claims about who reads a study, and what follows for whom it is open to."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from app.bootstrap import Workstation
from app.errors import ForbiddenError, NotFoundError, NotTreatingError, TakenByAnotherError
from app.records import Role, WorklistStatus
from app.workflow import admitting, assigning, booking, reading, reviewing, signing
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from app.workflow.worklist import listed
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import (
    PATIENT_ID,
    STUDY_UID,
    first_slot,
    give_hours,
    put_study,
    read_draft,
)


def stays(session: Session) -> Session:
    """The session as it goes on beside others, which the clinic itself allows nobody."""
    return replace(session, ended=threading.Event())


@pytest.fixture
def other(clinic: Workstation) -> Session:
    """A second doctor."""
    admin = enter(clinic, ADMIN)
    form = SignUp(Role.DOCTOR, "Otto Second", "otto", PASSWORD, specialty="Radiology")
    admitting.add_staff(admin, form)
    return stays(enter(clinic, "otto"))


@pytest.fixture
def first(clinic: Workstation, other: Session) -> Session:
    session = stays(enter(clinic, DOCTOR))
    put_study(session)
    return session


def reader_on_worklist(session: Session) -> tuple[str, WorklistStatus]:
    entry = listed(session).entries[0]
    return entry.reader_id, entry.status


def test_opening_a_study_that_waits_takes_it_without_another_click(first: Session) -> None:
    assert reader_on_worklist(first) == ("", WorklistStatus.UNREAD)
    reading.open_study(first, STUDY_UID)
    assert reader_on_worklist(first) == (first.actor.account_id, WorklistStatus.ASSIGNED)
    assert [one.word for one in assigning.assignments(first, STUDY_UID)] == [""]
    reading.open_study(first, STUDY_UID)
    assert len(assigning.assignments(first, STUDY_UID)) == 1


def test_a_study_somebody_has_is_closed_to_other_doctors_and_the_refusal_recorded(
    first: Session, other: Session
) -> None:
    assigning.take(first, STUDY_UID)
    with pytest.raises(NotTreatingError, match="not treating"):
        reading.open_study(other, STUDY_UID)
    with pytest.raises(TakenByAnotherError, match="Iris Moreau has this study"):
        assigning.take(other, STUDY_UID)
    with first.begin() as work:
        refusal = work.audit.entries(1)[0]
    assert (refusal.action, refusal.actor_id) == ("access.refused", other.actor.account_id)
    assert (refusal.patient_id, refusal.outcome) == (PATIENT_ID, "refused")


def test_a_study_is_handed_over_with_a_word_and_the_history_keeps_it(
    first: Session, other: Session
) -> None:
    assigning.take(first, STUDY_UID)
    assigning.hand_over(first, STUDY_UID, other.actor.account_id, " Please compare with 2024. ")
    assert reading.open_study(other, STUDY_UID).study.uid == STUDY_UID
    steps = assigning.assignments(other, STUDY_UID)
    assert [one.word for one in steps] == ["", "Please compare with 2024."]
    opened = reading.open_study(other, STUDY_UID)
    assert (opened.word, opened.word_by) == ("Please compare with 2024.", "Iris Moreau")
    with pytest.raises(NotTreatingError):
        reading.open_study(first, STUDY_UID)
    with first.begin() as work:
        lines = work.audit.of_patient(PATIENT_ID)
    assert "study.handed-over" in [one.action for one in lines]
    assert not any("compare" in one.detail for one in lines)


def test_what_is_given_back_waits_for_any_doctor(first: Session, other: Session) -> None:
    assigning.take(first, STUDY_UID)
    with pytest.raises(TakenByAnotherError):
        assigning.give_back(other, STUDY_UID)
    assigning.give_back(first, STUDY_UID)
    reading.open_study(other, STUDY_UID)
    assert reader_on_worklist(other)[0] == other.actor.account_id


def test_a_study_is_handed_to_a_doctor_only(clinic: Workstation, first: Session) -> None:
    with first.begin() as work:
        patient = work.accounts.by_username("zoe")
    assert patient is not None
    for account_id in (patient.id, "absent"):
        with pytest.raises(NotFoundError):
            assigning.hand_over(first, STUDY_UID, account_id)


def test_the_desk_gives_a_study_of_an_absent_doctor_to_another(
    clinic: Workstation, first: Session, other: Session
) -> None:
    assigning.take(first, STUDY_UID)
    desk = stays(enter(clinic, DESK))
    assigning.hand_over(desk, STUDY_UID, other.actor.account_id)
    assert reading.open_study(other, STUDY_UID)
    with pytest.raises(ForbiddenError):
        assigning.take(desk, STUDY_UID)


def test_who_signed_the_report_goes_on_treating(first: Session, other: Session) -> None:
    reviewing.accept(first, "f-1")
    signing.sign(first, read_draft(first, STUDY_UID).id, PASSWORD)
    assigning.hand_over(first, STUDY_UID, other.actor.account_id)
    assert reading.open_study(first, STUDY_UID).report is not None


def test_an_appointment_makes_its_doctor_treating_within_its_window(
    clinic: Workstation, first: Session, other: Session
) -> None:
    assigning.hand_over(first, STUDY_UID, other.actor.account_id)
    with pytest.raises(NotTreatingError):
        reading.open_study(first, STUDY_UID)
    give_hours(clinic)
    visit = booking.book(first, first_slot(first), PATIENT_ID)
    assert reading.open_study(first, STUDY_UID)
    for days, opened in ((-40, False), (-20, True), (60, True), (120, False)):
        moment = visit.starts + timedelta(days=days)
        assert replace(first, clock=lambda: moment).treats(PATIENT_ID) is opened  # noqa: B023
    booking.cancel(first, visit.id)
    assert not first.treats(PATIENT_ID)


def test_a_step_of_the_history_cannot_be_changed_or_removed(first: Session) -> None:
    from sqlalchemy import text  # noqa: PLC0415
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    assigning.take(first, STUDY_UID)
    for statement in ("UPDATE assignment SET reader_id = 'x'", "DELETE FROM assignment"):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            first.storage._engine.begin() as connection,
        ):
            connection.execute(text(statement))
