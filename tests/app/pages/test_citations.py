"""Whose words are quoted stands under them: nobody has to open anything to see it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.pages.citations import cited
from assistant.drafting.citing import cite
from assistant.knowledge.shipped import licensed, passages
from assistant.records import Origin, Passage, Sentence

LEAFLET = Passage(
    *("leaflet:1:0", "Your scan", "Most scans take half an hour.", "Ada Root", "2026-11-27", ""),
    origin=Origin.CLINIC,
    page=2,
)


def seen(qtbot: QtBot, passage: Passage) -> list[str]:
    shown = cited(Sentence(passage.text, (cite(passage),)))
    qtbot.addWidget(shown)
    shown.show()
    return [one.text() for one in shown.findChildren(QLabel) if one.isVisible()]


def test_a_leaflet_is_marked_as_the_clinics_wherever_it_is_quoted(qtbot: QtBot) -> None:
    said = seen(qtbot, LEAFLET)
    assert said == [
        "Most scans take half an hour.",
        "Leaflet of this clinic, added on 2026-11-27 by Ada Root. Page 2.",
    ]


def test_a_published_text_shows_its_institute_date_and_licence(qtbot: QtBot) -> None:
    _, line = seen(qtbot, licensed()[0])
    assert "(NIH), text of 2016-2017. CC BY 4.0" in line


def test_the_programs_own_words_say_where_they_come_from_when_asked(qtbot: QtBot) -> None:
    own = passages()[0]
    assert seen(qtbot, own) == [own.text]
    assert "not yet reviewed by a clinician" in cite(own).shown
