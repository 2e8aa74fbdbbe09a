"""New patients, undone matches and images that wait for a word, at the window."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QPlainTextEdit, QWidget

from app.pages.calendar import CalendarPage
from app.pages.new_patient import NewPatientDialog
from app.pages.patients import PatientsPage
from app.pages.report_asking import Question
from app.pages.worklist import WorklistPage
from app.records import Role
from app.workflow import admitting, booking, matching, recording
from app.workflow.numbering import is_own_number
from app.workflow.recording import NewPatient
from app.workflow.signing_up import SignUp
from tests.app.shell.driver import ADMIN, DESK, DOCTOR, PASSWORD, Driver
from tests.viewer.series_writer import write_series
from viewer.records import Patient

BORN = date(1962, 3, 1)


def patients(driver: Driver) -> PatientsPage:
    page = driver.visit("patients")
    assert isinstance(page, PatientsPage)
    return page


def dialog(driver: Driver) -> NewPatientDialog:
    driver.until(lambda: driver.window.findChild(NewPatientDialog, "newPatient"))
    return driver.find(NewPatientDialog, "newPatient")


def write_down(driver: Driver, name: str, born: str) -> NewPatientDialog:
    """Fill the form in and press its button."""
    asked = dialog(driver)
    driver.type("newPatient.name", name, asked)
    driver.type("newPatient.born", born, asked)
    driver.click("newPatient.make", asked)
    driver.settle()
    return asked


def put_record(driver: Driver) -> Patient:
    driver.enter(DESK)
    return recording.make_patient(
        driver.session, NewPatient("Canary, Zebra", BORN, "F", number="N-7")
    )


def test_the_desk_writes_a_new_patient_down(driver: Driver) -> None:
    driver.enter(DESK)
    page = patients(driver)
    driver.click("patients.new")
    write_down(driver, "Newcomer, Nora", "1980-02-03")
    driver.until(lambda: page.table.current is not None)
    made = page.table.current
    assert made is not None
    assert (made.name, made.birth_date) == ("Newcomer, Nora", date(1980, 2, 3))
    assert is_own_number(made.mrn)


def test_a_record_like_it_is_shown_before_anything_is_saved(driver: Driver) -> None:
    first = put_record(driver)
    page = patients(driver)
    driver.click("patients.new")
    asked = write_down(driver, "Zebra Canary", "1962-03-01")
    assert asked.found.count() == 1
    assert "N-7" in asked.found.item(0).text()
    assert asked.make.isHidden()
    assert not asked.other.isHidden()
    assert admitting.search_patients(driver.session, "Zebra") == (first,)
    driver.click("newPatient.use", asked)
    driver.until(lambda: page.table.current is not None)
    assert page.table.current == first
    assert admitting.search_patients(driver.session, "Zebra") == (first,)


def test_what_is_typed_anew_is_compared_anew(driver: Driver) -> None:
    put_record(driver)
    patients(driver)
    driver.click("patients.new")
    asked = write_down(driver, "Zebra Canary", "1962-03-01")
    driver.type("newPatient.name", "Zebra Canary-Wren", asked)
    assert asked.found.isHidden()
    assert asked.other.isHidden()
    driver.click("newPatient.make", asked)
    driver.settle()
    driver.click("newPatient.other", asked)
    driver.settle()
    assert len(admitting.search_patients(driver.session, "Zebra")) == 2


def test_a_date_that_can_not_be_read_makes_no_record(driver: Driver) -> None:
    driver.enter(DESK)
    patients(driver)
    driver.click("patients.new")
    asked = write_down(driver, "Newcomer, Nora", "the third")
    assert "date of birth" in driver.find(QLabel, "newPatient.error", asked).text()
    QTest.keyClick(asked, Qt.Key.Key_Return)
    assert admitting.search_patients(driver.session, "Nora") == ()


def test_an_administrator_has_no_page_to_make_records_on(driver: Driver) -> None:
    driver.enter(ADMIN)
    assert "patients" not in driver.rail()


def test_who_telephones_for_the_first_time_is_booked_at_once(driver: Driver) -> None:
    driver.enter(DOCTOR)
    practitioner_id = driver.session.actor.practitioner_id
    for weekday in range(7):
        booking.add_availability(
            driver.session,
            practitioner_id=practitioner_id,
            weekday=weekday,
            starts=time(9),
            ends=time(12),
            slot_minutes=30,
        )
    driver.window.sign_out()
    driver.settle()
    driver.enter(DESK)
    page = driver.visit("calendar")
    assert isinstance(page, CalendarPage)
    page._step(1)
    driver.settle()
    page.grid._choose(page.grid._blocks[0])
    driver.settle()
    driver.click("calendar.new_patient")
    write_down(driver, "Newcomer, Nora", "1980-02-03")
    assert driver.find(QListWidget, "calendar.patients").currentRow() == 0
    driver.click("calendar.book")
    driver.until(lambda: page.entries)
    assert page.entries[0].patient_name == "Newcomer, Nora"


def sign_up(driver: Driver, **more: object) -> None:
    driver.opened_by_staff()
    driver.workstation.clinic.sign_up(
        SignUp(Role.PATIENT, "Nora Newcomer", "nora", PASSWORD, **more)  # type: ignore[arg-type]
    )


def choose_account(page: PatientsPage, name: str) -> None:
    page.accounts.setCurrentRow(
        next(row for row in range(page.accounts.count()) if name in page.accounts.item(row).text())
    )


def test_one_click_makes_a_record_from_a_sign_up_and_matches_it(driver: Driver) -> None:
    sign_up(driver, birth_date=BORN, email="nora@example.org", language="de")
    driver.enter(DESK)
    page = patients(driver)
    choose_account(page, "Nora")
    driver.click("patients.from_sign_up")
    driver.until(lambda: page.table.current is not None)
    driver.settle()
    made = page.table.current
    assert made is not None
    assert (made.name, made.email, made.language) == ("Nora Newcomer", "nora@example.org", "de")
    assert [one.username for one in matching.accounts_of(driver.session, made.id)] == ["nora"]


def test_a_sign_up_without_a_birth_date_is_asked_for_it(driver: Driver) -> None:
    sign_up(driver)
    driver.enter(DESK)
    page = patients(driver)
    choose_account(page, "Nora")
    driver.click("patients.from_sign_up")
    asked = dialog(driver)
    assert driver.find(QLineEdit, "newPatient.name", asked).text() == "Nora Newcomer"
    assert not asked.make.isEnabled()
    driver.type("newPatient.born", "1962-03-01", asked)
    driver.click("newPatient.make", asked)
    driver.settle()
    (made,) = admitting.search_patients(driver.session, "Newcomer")
    assert matching.accounts_of(driver.session, made.id)


def test_a_sign_up_like_a_record_that_is_here_is_asked_about(driver: Driver) -> None:
    sign_up(driver, birth_date=BORN)
    driver.enter(DESK)
    recording.make_patient(driver.session, NewPatient("Newcomer, Nora", BORN, number="N-7"))
    page = patients(driver)
    choose_account(page, "Nora")
    driver.click("patients.from_sign_up")
    asked = dialog(driver)
    assert asked.found.count() == 1
    assert len(admitting.search_patients(driver.session, "Newcomer")) == 1


def test_a_wrong_match_is_undone_with_a_reason(driver: Driver) -> None:
    first = put_record(driver)
    (account,) = admitting.unmatched_patients(driver.session)
    admitting.match_patient(driver.session, account.id, first.id)
    page = patients(driver)
    page.table.selectRow(0)
    driver.settle()
    driver.click("patients.unmatch")
    asked = driver.find(Question, "reportQuestion")
    assert not driver.find(type(page.match), "questionConfirm", asked).isEnabled()
    driver.find(QPlainTextEdit, "question.reason", asked).setPlainText("Two sisters")
    driver.click("questionConfirm", asked)
    driver.settle()
    assert page.unmatch.isHidden()
    assert page.accounts.count() == 1
    assert matching.accounts_of(driver.session, first.id) == ()


@pytest.fixture
def waiting(driver: Driver, tmp_path: Path) -> tuple[WorklistPage, Patient]:
    """Images dropped that may be of somebody written down before."""
    driver.enter(DESK)
    made = recording.make_patient(driver.session, NewPatient("Zebra Canary", BORN))
    page = driver.visit("worklist")
    assert isinstance(page, WorklistPage)
    write_series(tmp_path / "drop", n=5)
    with driver.qtbot.waitSignal(page.imported, timeout=60_000):
        page.import_paths((tmp_path / "drop",))
    driver.settle()
    return page, made


def test_images_that_may_be_somebody_elses_wait_for_a_word(
    driver: Driver, waiting: tuple[WorklistPage, Patient]
) -> None:
    page, made = waiting
    assert "wait" in page.result.summary.text()
    with driver.qtbot.waitSignal(page.imported, timeout=60_000):
        driver.click(f"worklist.result.join.{made.id}")
    driver.settle()
    assert page.table.rows.records[0].patient_id == made.id
    assert page.result.findChild(type(page.add), "worklist.result.apart") is None


def test_images_of_somebody_else_get_a_record_of_their_own(
    driver: Driver, waiting: tuple[WorklistPage, Patient]
) -> None:
    page, made = waiting
    with driver.qtbot.waitSignal(page.imported, timeout=60_000):
        driver.click("worklist.result.apart")
    driver.settle()
    assert page.table.rows.records[0].patient_id != made.id


def test_a_patient_whose_match_was_undone_is_sent_to_the_desk(driver: Driver) -> None:
    first = put_record(driver)
    (account,) = admitting.unmatched_patients(driver.session)
    admitting.match_patient(driver.session, account.id, first.id)
    matching.unmatch(driver.session, account.id, "Two sisters")
    driver.window.sign_out()
    driver.settle()
    driver.enter(account.username)
    assert driver.find(QWidget, "unmatched", driver.page).isVisible()
