"""The first start leads from nothing to a signed-in administrator."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from app.widgets.countries import CountryBox
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
    shown = bare.find(QWidget, "set-up.recovery-key")
    return shown.property("groups"), shown.property("asked")


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
    assert bare.find(QWidget, "set-up.recovery-key").isVisible()


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
        bare.find(QWidget, "set-up.recovery-key").isHidden()
        or not bare.find(QWidget, "set-up.recovery-key").isVisible()
    )
    assert not bare.workstation.clinic.is_founded


def test_the_emergency_number_is_that_of_the_country_unless_one_is_typed(bare: Driver) -> None:
    zone = bare.find(QComboBox, "set-up.zone")
    country, number = (
        bare.find(CountryBox, "set-up.country"),
        bare.find(QLineEdit, "set-up.emergency"),
    )
    for place, letters, saves in (
        ("America/New_York", "US", "911"),
        ("Europe/Zurich", "CH", "144"),
        ("Europe/Paris", "FR", "112"),
    ):
        zone.setCurrentText(place)
        assert (country.code, number.text(), number.placeholderText()) == (letters, "", saves)
    country.setEditText("Japan")
    zone.setCurrentText("America/New_York")
    assert (country.code, number.placeholderText()) == ("JP", "119")
    fill_in_clinic(bare)
    fill_in_administrator(bare)
    bare.until(lambda: bare.find(QWidget, "set-up.recovery-key").property("groups"))
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


def test_a_country_cut_short_is_not_another_one(bare: Driver) -> None:
    country = bare.find(CountryBox, "set-up.country")
    country.setEditText("Ge")
    fill_in_clinic(bare)
    assert bare.window.curtain.set_up_card._clinic.isVisible()
    bare.until(country.hasFocus)
    country.setEditText("Germany")
    fill_in_clinic(bare)
    fill_in_administrator(bare)
    bare.until(lambda: bare.find(QWidget, "set-up.recovery-key").property("groups"))
    session = bare.workstation.clinic.sign_in("ada", PASSWORD)
    assert clinic_settings(session).country == "DE"


def test_after_a_refusal_the_cursor_stands_in_the_field_refused(bare: Driver) -> None:
    bare.click("set-up.next")
    bare.until(bare.find(QLineEdit, "set-up.clinic").hasFocus)
    fill_in_clinic(bare)
    bare.until(bare.find(QLineEdit, "set-up.name").hasFocus)
    fill_in_administrator(bare, again="something else 12")
    bare.until(bare.find(QLineEdit, "set-up.again").hasFocus)
    for name in ("set-up.password", "set-up.again"):
        bare.type(name, "12345678")
    bare.find(QLineEdit, "set-up.name").setFocus()
    bare.click("set-up.next")
    bare.settle()
    bare.until(bare.find(QLineEdit, "set-up.password").hasFocus)
    fill_in_administrator(bare)
    groups, asked = shown_key(bare)
    bare.type("set-up.group-first", groups[asked[0]])
    bare.type("set-up.group-second", "AAAA")
    bare.click("set-up.next")
    bare.until(bare.find(QLineEdit, "set-up.group-second").hasFocus)


def test_each_group_of_the_recovery_key_stands_under_the_number_it_is_asked_for_by(
    bare: Driver,
) -> None:
    fill_in_clinic(bare)
    fill_in_administrator(bare)
    groups, _ = shown_key(bare)
    key = bare.find(QWidget, "set-up.recovery-key")
    bare.until(key.isVisible)
    labels = [one for one in key.findChildren(QLabel) if one.isVisible()]
    told = {one.text(): one.geometry() for one in labels}
    assert set(told) == {*groups, *(str(at + 1) for at in range(len(groups)))}
    for at, group in enumerate(groups):
        number, shown = told[str(at + 1)], told[group]
        assert abs(number.center().x() - shown.center().x()) <= 1
        assert 0 <= shown.top() - number.bottom() <= 8
