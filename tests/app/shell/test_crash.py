"""A defect is shown and logged without what the data said."""

from __future__ import annotations

import logging
import sys

import pytest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.shell.crash import Crash, CrashCard, CrashDoor, describe


def crash(message: str) -> Crash:
    try:
        raise KeyError(message)
    except KeyError as error:
        return describe(type(error), error.__traceback__)


def test_the_message_of_a_defect_is_told_to_nobody() -> None:
    assert "CANARY" not in crash("CANARY^NAME").places
    assert "KeyError" in crash("CANARY^NAME").places


def test_the_same_defect_has_the_same_code() -> None:
    assert crash("one").code == crash("two").code


def test_the_card_shows_the_places_only(qtbot: QtBot) -> None:
    card = CrashCard(crash("CANARY"))
    qtbot.addWidget(card)
    details = card.findChild(QPlainTextEdit, "crash.details")
    assert details is not None
    assert "test_crash.py" in details.toPlainText()
    assert "CANARY" not in details.toPlainText()


def test_the_door_logs_and_shows_a_card(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    door = CrashDoor(lambda: None)
    try:
        raise ValueError("CANARY")
    except ValueError as error:
        with caplog.at_level(logging.ERROR):
            door.catch(type(error), error, sys.exc_info()[2])
    qtbot.waitUntil(lambda: door._card is not None and door._card.isVisible(), timeout=5_000)
    assert door._card is not None
    door._card.close()
    assert "unexpected error" in caplog.text
    assert "CANARY" not in caplog.text
