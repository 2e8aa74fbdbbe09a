"""The curtain lets the right people in and keeps everything else out of sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from app.records import Role
from tests.app.shell.driver import ADMIN, DESK, DOCTOR, PASSWORD, PATIENT, Driver


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


def test_no_password_stays_in_a_field_after_the_curtain_falls(driver: Driver) -> None:
    driver.click("sign-in.sign-up")
    driver.type("sign-up.password", PASSWORD)
    driver.click("sign-up.back")
    assert driver.window.curtain.sign_up_card.password.text() == ""
    driver.enter(DOCTOR)
    assert driver.window.curtain.sign_in_card.password.text() == ""
