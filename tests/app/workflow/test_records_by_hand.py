"""Claims about people who are written down before anybody has scanned them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydicom import Dataset

from app.bootstrap import Workstation
from app.errors import ChangedSinceError, ForbiddenError, WorkstationError
from app.records import AuditEntry, Role
from app.workflow import (
    admitting,
    booking,
    configuring,
    disclosing,
    importing,
    joining,
    matching,
    recording,
    worklist,
)
from app.workflow.identifying import Agreement, agreement, check_patient, person_id
from app.workflow.importing import ImportOutcome
from app.workflow.numbering import is_mistyped, is_own_number, new_number
from app.workflow.recording import NewPatient
from app.workflow.session import Session
from tests.app.workflow.conftest import (
    ADMIN,
    CHEAP,
    DESK,
    DOCTOR,
    PATIENT,
    enter,
    found_with_people,
    sign_up,
)
from tests.app.workflow.samples import first_slot, give_hours
from tests.viewer.series_writer import write_series
from viewer.records import Patient

BORN = date(1962, 3, 1)  # as the images of write_series say
SCANNED = "CANARY-MRN-1"
ZEBRA = NewPatient("Zebra Canary", BORN, "F", phone="+33612345678")


def drop(session: Session, folder: Path, **headers: str) -> ImportOutcome:
    """Import one series whose headers say these things."""

    def change(dataset: Dataset, _: int) -> None:
        for keyword, value in headers.items():
            setattr(dataset, keyword, value)

    write_series(folder, n=5, change=change)
    return importing.import_paths(session, [folder], lambda *_: None)


def again(session: Session, folder: Path) -> ImportOutcome:
    return importing.import_paths(session, [folder], lambda *_: None)


def record_of(session: Session, patient_id: str) -> Patient:
    with session.begin() as work:
        found = work.patients.get(patient_id)
    assert found is not None
    return found


def whose_study(session: Session, outcome: ImportOutcome) -> str:
    with session.begin() as work:
        study = work.studies.get(outcome.studies[0])
    assert study is not None
    return study.patient_id


def lines(session: Session, patient_id: str, action: str) -> list[AuditEntry]:
    with session.begin() as work:
        return [one for one in work.audit.of_patient(patient_id) if one.action == action]


@contextmanager
def elsewhere(folder: Path) -> Iterator[Session]:
    """A second workstation with its own desk."""
    other = Workstation(folder, cost=CHEAP)
    try:
        yield enter(found_with_people(other), DESK)
    finally:
        other.close()


def test_a_number_of_the_programs_own_is_known_again_and_a_slip_is_found() -> None:
    made = new_number()
    assert is_own_number(made)
    assert is_own_number(made.lower())
    assert len({new_number() for _ in range(500)}) == 500
    for place, letter in enumerate(made):
        if letter == "-" or place < 4:
            continue
        other = "7" if letter != "7" else "8"
        slip = made[:place] + other + made[place + 1 :]
        assert is_mistyped(slip), slip
    assert not is_mistyped(SCANNED)
    assert not is_own_number(SCANNED)


def test_the_desk_books_on_the_telephone_for_somebody_new(clinic: Workstation) -> None:
    give_hours(clinic)
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, ZEBRA)
    assert is_own_number(made.mrn)
    booked = booking.book(desk, first_slot(desk), made.id)
    assert booked.patient_id == made.id
    assert made in admitting.search_patients(desk, "zebra")


def test_the_same_person_written_down_twice_offline_is_one_person(
    clinic: Workstation, tmp_path: Path
) -> None:
    form = replace(ZEBRA, number="N-7")
    here = recording.make_patient(enter(clinic, DESK), form)
    with elsewhere(tmp_path / "other") as there:
        assert recording.make_patient(there, form).id == here.id


@pytest.mark.parametrize(
    "form",
    [
        NewPatient("Somebody Else", date(1950, 1, 1), number="n-7"),
        NewPatient("CANARY, Zebra M", BORN),
    ],
    ids=["same number", "same name and birth date"],
)
def test_a_record_like_one_that_is_here_is_told_before_it_is_saved(
    clinic: Workstation, form: NewPatient
) -> None:
    desk = enter(clinic, DESK)
    first = recording.make_patient(desk, replace(ZEBRA, number="N-7"))
    assert recording.alike(desk, form) == (first,)
    with pytest.raises(WorkstationError, match="like this one"):
        recording.make_patient(desk, form)
    made = recording.make_patient(desk, form, seen=[first.id])
    assert made.id != first.id


def test_somebody_of_another_name_and_number_born_that_day_is_no_duplicate(
    clinic: Workstation,
) -> None:
    desk = enter(clinic, DESK)
    recording.make_patient(desk, ZEBRA)
    assert recording.alike(desk, NewPatient("Other Person", BORN, number="N-8")) == ()


def test_the_very_same_record_is_never_made_twice(clinic: Workstation) -> None:
    desk = enter(clinic, DESK)
    form = replace(ZEBRA, number="N-7")
    first = recording.make_patient(desk, form)
    with pytest.raises(WorkstationError, match="here already"):
        recording.make_patient(desk, form, seen=[first.id])


def test_a_record_needs_a_name_and_a_date_of_birth() -> None:
    for name, born in (("", BORN), ("Zebra", None)):
        with pytest.raises(WorkstationError, match="needed"):
            NewPatient(name, born)


def test_an_administrator_makes_no_records(clinic: Workstation) -> None:
    with pytest.raises(ForbiddenError):
        recording.make_patient(enter(clinic, ADMIN), ZEBRA)


def test_images_with_the_same_number_name_and_birth_date_join_the_record(
    clinic: Workstation, tmp_path: Path
) -> None:
    give_hours(clinic)
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, replace(ZEBRA, number=SCANNED.lower()))
    booked = booking.book(desk, first_slot(desk), made.id)
    outcome = drop(desk, tmp_path / "drop")
    assert outcome.offers == ()
    assert whose_study(desk, outcome) == made.id
    assert len(admitting.search_patients(desk, "canary")) == 1
    with desk.begin() as work:
        assert work.appointments.of_patient(made.id) == (booked,)
    assert lines(desk, made.id, "patient.joined")[0].patient_id == made.id


def test_the_next_series_of_the_person_goes_to_the_same_record(
    clinic: Workstation, tmp_path: Path
) -> None:
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, replace(ZEBRA, number=SCANNED))
    drop(desk, tmp_path / "drop")
    write_series(tmp_path / "later", n=5, study="two", series="two")
    later = again(desk, tmp_path / "later")
    assert whose_study(desk, later) == made.id


def test_images_of_another_birth_date_never_join_by_their_number(
    clinic: Workstation, tmp_path: Path
) -> None:
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, replace(ZEBRA, number=SCANNED, birth_date=date(1990, 1, 1)))
    outcome = drop(desk, tmp_path / "drop")
    assert outcome.offers == ()
    assert whose_study(desk, outcome) != made.id


def test_images_of_another_name_never_join_by_their_number(
    clinic: Workstation, tmp_path: Path
) -> None:
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, replace(ZEBRA, number=SCANNED, name="Other Person"))
    assert whose_study(desk, drop(desk, tmp_path / "drop")) != made.id


def test_images_are_offered_to_a_record_with_a_number_of_the_programs_own_and_wait(
    clinic: Workstation, tmp_path: Path
) -> None:
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, ZEBRA)
    outcome = drop(desk, tmp_path / "drop")
    assert (outcome.series, outcome.studies) == (0, ())
    assert [one.records for one in outcome.offers] == [(made,)]
    assert worklist.listed(desk).entries == ()


def test_the_offered_record_takes_images_and_the_scanners_number_and_keeps_the_rest(
    clinic: Workstation, tmp_path: Path
) -> None:
    give_hours(clinic)
    desk = enter(clinic, DESK)
    (account,) = admitting.unmatched_patients(desk)
    form = NewPatient("Zebra Canary", BORN, phone="+33612345678")
    made = recording.make_for_account(desk, account.id, form)
    booked = booking.book(desk, first_slot(desk), made.id)
    (offer,) = drop(desk, tmp_path / "drop").offers
    joining.decide(desk, offer, made.id)
    outcome = again(desk, tmp_path / "drop")
    assert whose_study(desk, outcome) == made.id
    joined = record_of(desk, made.id)
    assert (joined.mrn, joined.name, joined.sex) == (SCANNED, "Zebra Canary", "F")
    assert [one.id for one in matching.accounts_of(desk, made.id)] == [account.id]
    with desk.begin() as work:
        assert work.appointments.of_patient(made.id) == (booked,)
        assert work.notices.of_appointment(booked.id)
        check_patient(desk.pixels, joined, work.series.of_study(outcome.studies[0]))


def test_somebody_else_gets_a_record_of_their_own_and_is_not_asked_about_again(
    clinic: Workstation, tmp_path: Path
) -> None:
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, ZEBRA)
    (offer,) = drop(desk, tmp_path / "drop").offers
    joining.decide(desk, offer, "")
    outcome = again(desk, tmp_path / "drop")
    assert outcome.offers == ()
    assert whose_study(desk, outcome) not in {"", made.id}
    assert is_own_number(record_of(desk, made.id).mrn)
    assert lines(desk, made.id, "patient.kept-apart")[0].patient_id == made.id


def test_images_without_a_birth_date_are_offered_and_not_joined(
    clinic: Workstation, tmp_path: Path
) -> None:
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, replace(ZEBRA, number=SCANNED))
    outcome = drop(desk, tmp_path / "drop", PatientBirthDate="")
    assert [one.records for one in outcome.offers] == [(made,)]


def test_a_record_that_got_images_meanwhile_is_no_longer_joined(
    clinic: Workstation, tmp_path: Path
) -> None:
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, ZEBRA)
    (offer,) = drop(desk, tmp_path / "drop").offers
    joining.decide(desk, offer, made.id)
    again(desk, tmp_path / "drop")
    with pytest.raises(ChangedSinceError):
        joining.decide(desk, offer, made.id)


def test_a_scanner_that_was_told_the_programs_number_joins_by_it(
    clinic: Workstation, tmp_path: Path
) -> None:
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, ZEBRA)
    outcome = drop(desk, tmp_path / "drop", PatientID=made.mrn)
    assert outcome.offers == ()
    assert whose_study(desk, outcome) == made.id


@pytest.mark.parametrize(
    ("record", "imaged", "verdict"),
    [
        (("N-1", "Ann Lee", BORN), ("N-1", "Lee, Ann", BORN), Agreement.SAME),
        (("N-1", "Ann Lee", BORN), ("N-2", "Lee, Ann", BORN), Agreement.OTHER),
        (("N-1", "Ann Lee", BORN), ("", "Lee, Ann", BORN), Agreement.OTHER),
        (("N-1", "Ann Lee", None), ("N-1", "Lee, Ann", BORN), Agreement.PERHAPS),
        (("", "Ann Lee", BORN), ("N-1", "Lee, Ann", BORN), Agreement.PERHAPS),
        (("", "Ann Lee", None), ("N-1", "Lee, Ann", None), Agreement.OTHER),
        (("N-1", "Ann Lee", BORN), ("N-1", "Bo Chan", BORN), Agreement.OTHER),
    ],
)
def test_what_makes_two_records_one_person(
    record: tuple[str, str, date | None],
    imaged: tuple[str, str, date | None],
    verdict: Agreement,
) -> None:
    one, other = (
        Patient(person_id(number, name, born), name, number, born)
        for number, name, born in (record, imaged)
    )
    assert agreement(one, other) is verdict


def test_a_record_made_from_a_sign_up_is_the_persons_own(clinic: Workstation) -> None:
    clinic.clinic.sign_out()
    sign_up(clinic, Role.PATIENT, "nora", "Nora New", birth_date=BORN, language="de")
    desk = enter(clinic, DESK)
    account = next(one for one in admitting.unmatched_patients(desk) if one.username == "nora")
    made = recording.make_for_account(desk, account.id, NewPatient("Nora New", BORN))
    assert record_of(desk, made.id).language == "de"
    patient = enter(clinic, "nora")
    assert patient.actor.patient_id == made.id
    assert booking.my_appointments(patient) == ()


def test_a_sign_up_like_a_record_that_is_here_makes_none_unseen(clinic: Workstation) -> None:
    desk = enter(clinic, DESK)
    recording.make_patient(desk, NewPatient("Canary, Zoe", BORN, number="N-7"))
    (account,) = admitting.unmatched_patients(desk)
    with pytest.raises(WorkstationError, match="like this one"):
        recording.make_for_account(desk, account.id, NewPatient("Zoe Canary", BORN))
    assert [one.id for one in admitting.unmatched_patients(desk)] == [account.id]


def test_a_new_record_travels_with_its_first_appointment(clinic: Workstation) -> None:
    give_hours(clinic)
    desk = enter(clinic, DESK)
    made = recording.make_patient(desk, ZEBRA)
    with desk.begin() as work:
        assert not work.envelopes.waiting_for("Patient", made.id)
    booking.book(desk, first_slot(desk), made.id)
    with desk.begin() as work:
        assert work.envelopes.waiting_for("Patient", made.id)


def matched(clinic: Workstation) -> tuple[Session, str, Patient]:
    """A desk that matched the wrong record: session, account, the record as it was."""
    desk = enter(clinic, DESK)
    form = NewPatient("Zoe Canary-Wren", BORN, email="right@example.org", language="fr")
    wrong = recording.make_patient(desk, form)
    (account,) = admitting.unmatched_patients(desk)
    admitting.match_patient(desk, account.id, wrong.id)
    return desk, account.id, wrong


def test_a_match_that_is_undone_gives_the_record_its_own_addresses_back(
    clinic: Workstation,
) -> None:
    desk, account_id, wrong = matched(clinic)
    assert record_of(desk, wrong.id).email == "zoe@example.org"
    matching.unmatch(desk, account_id, "Two sisters")
    assert record_of(desk, wrong.id) == wrong
    assert [one.id for one in admitting.unmatched_patients(desk)] == [account_id]


def test_reminders_of_the_record_go_to_the_right_person_again(clinic: Workstation) -> None:
    give_hours(clinic)
    desk, account_id, wrong = matched(clinic)
    booked = booking.book(desk, first_slot(desk), wrong.id)

    def reminded() -> set[str]:
        with desk.begin() as work:
            found = work.notices.of_appointment(booked.id)
        return {one.recipient for one in found if one.kind == "reminder" and "@" in one.recipient}

    before = reminded()
    matching.unmatch(desk, account_id, "Two sisters")
    assert "zoe@example.org" not in reminded()
    assert bool(before) == bool(reminded())


def test_undoing_a_match_needs_a_reason_and_is_written_into_the_trail(clinic: Workstation) -> None:
    desk, account_id, wrong = matched(clinic)
    with pytest.raises(WorkstationError, match="say why"):
        matching.unmatch(desk, account_id, "  ")
    matching.unmatch(desk, account_id, "Two sisters")
    (line,) = lines(desk, wrong.id, "account.unmatched")
    assert (line.subject, line.patient_id, line.detail) == (account_id, wrong.id, "Two sisters")


def test_what_the_wrong_person_was_shown_stays_in_the_trail(clinic: Workstation) -> None:
    desk, account_id, wrong = matched(clinic)
    enter(clinic, PATIENT)
    desk = enter(clinic, DESK)
    matching.unmatch(desk, account_id, "Two sisters")
    (line,) = [
        one for one in lines(desk, wrong.id, "session.started") if one.actor_id == account_id
    ]
    assert line.patient_id == wrong.id


def test_where_lists_name_nobody_the_right_person_learns_of_it_and_not_of_whom(
    clinic: Workstation,
) -> None:
    admin = enter(clinic, ADMIN)
    settings = configuring.clinic_settings(admin)
    configuring.save_settings(admin, replace(settings, names_in_access_lists=False))
    desk, account_id, wrong = matched(clinic)
    enter(clinic, PATIENT)
    clinic.clinic.sign_out()
    sign_up(clinic, Role.PATIENT, "wren", "Wren Wren")
    desk = enter(clinic, DESK)
    matching.unmatch(desk, account_id, "Two sisters")
    (right,) = [one for one in admitting.unmatched_patients(desk) if one.username == "wren"]
    admitting.match_patient(desk, right.id, wrong.id)
    told = disclosing.my_access_list(enter(clinic, "wren"))
    assert {"account.matched", "account.unmatched", "session.started"} <= {
        one.action for one in told
    }
    assert "Zoe Canary" not in {one.who for one in told}
    assert "Wren Wren" in {one.who for one in told}


def test_a_session_that_is_open_when_the_match_is_undone_sees_nothing_more(
    clinic: Workstation,
) -> None:
    _, account_id, _ = matched(clinic)
    open_session = enter(clinic, PATIENT)
    booking.my_appointments(open_session)
    open_session = replace(open_session, ended=type(open_session.ended)())
    desk = enter(clinic, DESK)
    matching.unmatch(desk, account_id, "Two sisters")
    with pytest.raises(ForbiddenError, match="no longer matched"):
        booking.my_appointments(open_session)
    assert not enter(clinic, PATIENT).actor.patient_id


def test_an_account_is_matched_anew_only_after_the_first_match_is_undone(
    clinic: Workstation,
) -> None:
    desk, account_id, _ = matched(clinic)
    right = recording.make_patient(desk, NewPatient("Zoe Canary", date(1990, 1, 1)))
    with pytest.raises(WorkstationError, match="Unmatch it"):
        admitting.match_patient(desk, account_id, right.id)
    matching.unmatch(desk, account_id, "Two sisters")
    assert admitting.match_patient(desk, account_id, right.id).patient_id == right.id


def test_a_doctor_undoes_a_match_and_an_administrator_does_not(clinic: Workstation) -> None:
    _, account_id, _ = matched(clinic)
    with pytest.raises(ForbiddenError):
        matching.unmatch(enter(clinic, ADMIN), account_id, "Two sisters")
    matching.unmatch(enter(clinic, DOCTOR), account_id, "Two sisters")
