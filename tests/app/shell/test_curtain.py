"""The curtain lets the right people in and keeps everything else out of sight."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.records import Role
from app.shell.entry_forms import birth_date
from app.workflow import admitting
from assistant.phrases import phrases
from tests.app.shell.driver import ADMIN, DESK, DOCTOR, PASSWORD, PATIENT, Driver
from viewer.records import Patient


def test_a_wrong_password_is_told_and_can_be_typed_again(driver: Driver) -> None:
    driver.type("sign-in.username", DOCTOR)
    driver.type("sign-in.password", "not this one")
    driver.click("sign-in.submit")
    driver.settle()
    card = driver.window.curtain.sign_in_card
    assert "wrong" in card.banner.text
    assert card.password.text() == ""
    assert card.username.text() == DOCTOR
    driver.enter(DOCTOR)
    assert driver.session.actor.role is Role.DOCTOR


def test_a_patient_on_a_locked_workstation_is_told_to_ask_at_the_desk(driver: Driver) -> None:
    texts = driver.window.curtain.sign_in_card._text.text()
    assert "ask at the desk" in texts
    driver.type("sign-in.username", PATIENT)
    driver.type("sign-in.password", PASSWORD)
    driver.click("sign-in.submit")
    driver.settle()
    assert driver.window.session is None
    assert "staff" in driver.window.curtain.sign_in_card.banner.text


@pytest.mark.parametrize(
    ("username", "pages"),
    [
        (DOCTOR, ["worklist", "reading", "calendar", "patients", "assistant", "monitoring"]),
        (DESK, ["worklist", "calendar", "patients"]),
        (
            ADMIN,
            [
                *("administration", "calendar", "planning", "monitoring", "models"),
                *("language", "knowledge"),
                *("audit", "emergencies", "settings"),
            ],
        ),
    ],
)
def test_the_rail_holds_the_pages_of_the_role(
    driver: Driver, username: str, pages: list[str]
) -> None:
    driver.enter(username)
    assert driver.rail() == pages


def test_a_patient_finds_only_the_own_pages(driver: Driver) -> None:
    driver.opened_by_staff()
    driver.enter(PATIENT)
    assert driver.rail() == ["my_health", "my_booking", "assistant", "access"]
    driver.window.visit("worklist")
    assert driver.page.objectName() == "my-health"


def test_locking_ends_the_session_and_closes_every_page_at_once(driver: Driver) -> None:
    driver.enter(DOCTOR)
    session = driver.session
    driver.window.lock()
    assert driver.window.curtain.isVisible()
    assert driver.window.page is None
    driver.settle()
    assert session.ended.is_set()


def test_whoever_comes_back_finds_the_place_they_left(driver: Driver) -> None:
    driver.enter(DOCTOR)
    driver.visit("patients", text="mor")
    driver.window.lock()
    driver.settle()
    assert driver.window.curtain.sign_in_card.username.text() == DOCTOR
    driver.enter(DOCTOR)
    assert driver.page.objectName() == "patients"


def test_somebody_else_starts_on_their_own_first_page(driver: Driver) -> None:
    driver.enter(DOCTOR)
    driver.visit("patients")
    driver.window.lock()
    driver.settle()
    driver.enter(DESK)
    assert driver.page.objectName() == "worklist"


def test_ctrl_l_locks(driver: Driver) -> None:
    driver.enter(DOCTOR)
    driver.window.activateWindow()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert driver.window.session is None


def test_a_doctor_who_signs_up_waits_for_approval(driver: Driver) -> None:
    driver.click("sign-in.sign-up")
    role = driver.find(QComboBox, "sign-up.role")
    role.setCurrentIndex(role.findData(Role.DOCTOR))
    driver.type("sign-up.name", "New Doctor")
    driver.type("sign-up.username", "newdoc")
    driver.type("sign-up.password", PASSWORD)
    driver.click("sign-up.submit")
    driver.settle()
    assert "approval" in driver.window.curtain.sign_in_card.banner.text


def test_whoever_comes_next_to_the_desk_is_a_patient_until_said_otherwise(driver: Driver) -> None:
    driver.click("sign-in.sign-up")
    role = driver.find(QComboBox, "sign-up.role")
    role.setCurrentIndex(role.findData(Role.DOCTOR))
    driver.click("sign-up.back")
    driver.click("sign-in.sign-up")
    assert role.currentData() == Role.PATIENT


def test_a_patient_has_no_specialty_that_was_typed_before_the_role_was_chosen(
    driver: Driver,
) -> None:
    card = driver.window.curtain.sign_up_card
    card.role.setCurrentIndex(card.role.findData(Role.DOCTOR))
    card.name.setText("New Patient")
    card.username.setText("newpat")
    card.specialty.setText("3 May 1961")
    card.role.setCurrentIndex(card.role.findData(Role.PATIENT))
    assert card.form().specialty == ""


def test_enter_in_a_field_asks_for_the_account(driver: Driver) -> None:
    driver.click("sign-in.sign-up")
    for name, text in (("name", "New Patient"), ("username", "newpat"), ("password", PASSWORD)):
        driver.type(f"sign-up.{name}", text)
    driver.qtbot.keyClick(driver.window.curtain.sign_up_card.mrn, Qt.Key.Key_Return)
    driver.settle()
    assert "ready" in driver.window.curtain.sign_in_card.banner.text


def test_no_password_stays_in_a_field_after_the_curtain_falls(driver: Driver) -> None:
    driver.click("sign-in.sign-up")
    driver.type("sign-up.password", PASSWORD)
    driver.click("sign-up.back")
    assert driver.window.curtain.sign_up_card.password.text() == ""
    driver.enter(DOCTOR)
    assert driver.window.curtain.sign_in_card.password.text() == ""


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "3.5.1961"), ("de", "03.05.1961"), ("de", "3. Mai 1961"), ("en", "3 May 1961")],
)
def test_a_date_of_birth_is_read_as_people_write_it(language: str, text: str) -> None:
    assert birth_date(text, phrases(language)) == date(1961, 5, 3)


@pytest.mark.parametrize("text", ["", "31.2.1961", "3.5.1861", "1.1.2999", "Mai"])
def test_no_day_is_made_out_of_what_is_none(text: str) -> None:
    assert birth_date(text, phrases("de")) is None


def test_an_unread_date_of_birth_holds_the_account_back_until_it_is_mended(driver: Driver) -> None:
    driver.click("sign-in.sign-up")
    for name, text in (("name", "New Patient"), ("username", "newpat"), ("password", PASSWORD)):
        driver.type(f"sign-up.{name}", text)
    driver.type("sign-up.born", "some day in May")
    driver.click("sign-up.submit")
    driver.settle()
    card = driver.window.curtain.sign_up_card
    assert card.isVisible()
    assert card.born.accessibleDescription() == phrases("en").say("entry.born_wrong")
    driver.type("sign-up.born", "3 May 1961")
    driver.click("sign-up.submit")
    driver.settle()
    assert not card.isVisible()
    session = driver.workstation.clinic.sign_in(DOCTOR, PASSWORD)
    born = {one.name: one.birth_date for one in admitting.unmatched_patients(session)}
    assert born["New Patient"] == date(1961, 5, 3)


def test_whoever_signs_up_in_german_is_spoken_to_in_german_once_matched(driver: Driver) -> None:
    driver.window.curtain.choose("de")
    driver.click("sign-in.sign-up")
    for name, text in (("name", "Greta Neu"), ("username", "greta"), ("password", PASSWORD)):
        driver.type(f"sign-up.{name}", text)
    driver.click("sign-up.submit")
    driver.settle()
    clinic = driver.workstation.clinic
    session = clinic.sign_in(DOCTOR, PASSWORD)
    with session.begin() as work:
        work.patients.put(Patient("p9", "Neu, Greta", "MRN-9"))
    (account,) = [one for one in admitting.unmatched_patients(session) if one.name == "Greta Neu"]
    admitting.match_patient(session, account.id, "p9")
    clinic.sign_out()
    driver.enter("greta")
    assert driver.window.words.language == "de"


def test_a_chosen_language_keeps_a_begun_sign_up(driver: Driver) -> None:
    driver.click("sign-in.sign-up")
    driver.type("sign-up.name", "Greta Neu")
    driver.window.curtain.choose("de")
    card = driver.window.curtain.sign_up_card
    assert card.isVisible()
    assert card.name.text() == "Greta Neu"
    assert card.words.language == "de"


def test_the_sign_up_says_how_long_the_password_of_that_role_has_to_be(driver: Driver) -> None:
    driver.click("sign-in.sign-up")
    password = driver.find(QLineEdit, "sign-up.password")
    role = driver.find(QComboBox, "sign-up.role")
    assert password.placeholderText().startswith("At least 8 characters")
    role.setCurrentIndex(role.findData(Role.DOCTOR))
    assert password.placeholderText().startswith("At least 15 characters")
    recover = driver.find(QLineEdit, "recover.password")
    assert recover.placeholderText().startswith("At least 15 characters")


def test_the_set_up_says_how_long_the_password_has_to_be_without_a_keyring(bare: Driver) -> None:
    bare.type("set-up.clinic", "Hillside")
    bare.click("set-up.next")
    password = bare.find(QLineEdit, "set-up.password")
    bare.until(lambda: password.placeholderText().startswith("At least 15 characters"))
