"""The first start leads from nothing to a signed-in administrator."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit

from app.workflow.configuring import clinic_settings, save_settings
from app.workflow.emergency_numbers import emergency_number
from tests.app.shell.driver import PASSWORD, Driver


def fill_in_clinic(bare: Driver) -> None:
    bare.type("set-up.clinic", "Hillside")
    bare.click("set-up.next")


def fill_in_administrator(bare: Driver, again: str = PASSWORD) -> None:
    bare.type("set-up.name", "Ada Root")
    bare.type("set-up.username", "ada")
    bare.type("set-up.password", PASSWORD)
    bare.type("set-up.again", again)
    bare.click("set-up.next")
    bare.settle()


def shown_key(bare: Driver) -> tuple[list[str], list[int]]:
    shown = bare.find(QLabel, "set-up.recovery-key")
    return shown.text().split(), shown.property("asked")


def test_three_steps_end_in_a_signed_in_administrator(bare: Driver) -> None:
    fill_in_clinic(bare)
    fill_in_administrator(bare)
    groups, asked = shown_key(bare)
    bare.type("set-up.group-first", groups[asked[0]])
    bare.type("set-up.group-second", groups[asked[1]].lower())
    bare.click("set-up.next")
    bare.settle()
    bare.click("set-up.next")
    bare.settle()
    assert bare.session.actor.name == "Ada Root"
    assert bare.page.objectName() == "administration"
    assert shown_key(bare)[0] == []


def test_a_recovery_key_not_written_down_goes_no_further(bare: Driver) -> None:
    fill_in_clinic(bare)
    fill_in_administrator(bare)
    groups, asked = shown_key(bare)
    bare.type("set-up.group-first", groups[asked[0]])
    bare.type("set-up.group-second", "AAAA")
    bare.click("set-up.next")
    bare.settle()
    assert bare.window.session is None
    assert bare.find(QLabel, "set-up.recovery-key").isVisible()


def test_two_different_passwords_found_no_clinic(bare: Driver) -> None:
    fill_in_clinic(bare)
    fill_in_administrator(bare, again="something else 12")
    assert not bare.workstation.clinic.is_founded


def test_a_weak_password_is_refused_with_words(bare: Driver) -> None:
    fill_in_clinic(bare)
    for name in ("set-up.password", "set-up.again"):
        bare.type(name, "12345678")
    bare.type("set-up.name", "Ada Root")
    bare.type("set-up.username", "ada")
    bare.click("set-up.next")
    bare.settle()
    assert bare.window.curtain.set_up_card.banner.text
    assert not bare.workstation.clinic.is_founded


def test_a_clinic_needs_a_name(bare: Driver) -> None:
    bare.click("set-up.next")
    assert (
        bare.find(QLabel, "set-up.recovery-key").isHidden()
        or not bare.find(QLabel, "set-up.recovery-key").isVisible()
    )
    assert not bare.workstation.clinic.is_founded


def test_the_emergency_number_is_that_of_the_country_unless_one_is_typed(bare: Driver) -> None:
    zone = bare.find(QComboBox, "set-up.zone")
    country, number = (bare.find(QLineEdit, f"set-up.{one}") for one in ("country", "emergency"))
    for place, letters, saves in (
        ("America/New_York", "US", "911"),
        ("Europe/Zurich", "CH", "144"),
        ("Europe/Paris", "FR", "112"),
    ):
        zone.setCurrentText(place)
        assert (country.text(), number.text(), number.placeholderText()) == (letters, "", saves)
    country.setText("jp")
    zone.setCurrentText("America/New_York")
    assert (country.text(), number.placeholderText()) == ("jp", "119")
    fill_in_clinic(bare)
    fill_in_administrator(bare)
    bare.until(lambda: bare.find(QLabel, "set-up.recovery-key").text())
    session = bare.workstation.clinic.sign_in("ada", PASSWORD)
    kept = clinic_settings(session)
    assert (kept.country, kept.emergency_number, emergency_number(kept)) == ("JP", "", "119")
    save_settings(session, replace(kept, country="US"))
    assert emergency_number(clinic_settings(session)) == "911"
    save_settings(session, replace(kept, country="US", emergency_number="112"))
    assert emergency_number(clinic_settings(session)) == "112"


def test_return_in_the_last_field_goes_on_and_each_step_begins_in_its_first(bare: Driver) -> None:
    bare.type("set-up.clinic", "Hillside")
    bare.qtbot.keyClick(bare.find(QLineEdit, "set-up.emergency"), Qt.Key.Key_Return)
    bare.until(bare.find(QLineEdit, "set-up.name").hasFocus)
    for name, text in (("name", "Ada Root"), ("username", "ada")):
        bare.type(f"set-up.{name}", text)
    for name in ("password", "again"):
        bare.type(f"set-up.{name}", PASSWORD)
    bare.qtbot.keyClick(bare.find(QLineEdit, "set-up.again"), Qt.Key.Key_Return)
    bare.settle()
    first = bare.find(QLineEdit, "set-up.group-first")
    assert first.isVisible()
    bare.until(first.hasFocus)
