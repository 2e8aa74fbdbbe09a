"""A country is chosen by its name: two letters cut off a name are another country's."""

from __future__ import annotations

import holidays
import phonenumbers
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.widgets.countries import CountryBox, countries


@pytest.fixture
def box(qtbot: QtBot) -> CountryBox:
    made = CountryBox("country")
    qtbot.addWidget(made)
    made.show()
    return made


def typed(qtbot: QtBot, box: CountryBox, text: str) -> None:
    field = box.lineEdit()
    field.clear()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    field.editingFinished.emit()


@pytest.mark.parametrize(
    ("text", "code"),
    [("Germany", "DE"), ("germany", "DE"), ("Georgia", "GE"), ("germ", "DE"), ("", "")],
)
def test_a_country_typed_by_name_is_kept_as_its_own_code(
    qtbot: QtBot, box: CountryBox, text: str, code: str
) -> None:
    typed(qtbot, box, text)
    assert (box.known, box.code) == (True, code)


@pytest.mark.parametrize("text", ["Ge", "Atlantis"])
def test_what_names_no_country_or_several_is_none(qtbot: QtBot, box: CountryBox, text: str) -> None:
    typed(qtbot, box, text)
    assert (box.known, box.code) == (False, "")


def test_a_kept_code_is_shown_by_its_name_and_an_unknown_one_as_it_is(box: CountryBox) -> None:
    box.show_code("de")
    assert (box.currentText(), box.code) == ("Germany", "DE")
    box.show_code("QZ")
    assert (box.currentText(), box.code) == ("QZ", "QZ")
    box.show_code("")
    assert (box.currentText(), box.code, box.known) == ("", "", True)


def test_every_country_of_holidays_and_of_telephone_numbers_can_be_chosen() -> None:
    known = set(countries().values())
    assert set(holidays.list_supported_countries(include_aliases=False)) <= known
    assert known >= phonenumbers.SUPPORTED_REGIONS
