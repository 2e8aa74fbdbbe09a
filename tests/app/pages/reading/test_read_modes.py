"""Claims about the reading page while what the model found is withheld from the reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from app.records import ReadMode
from app.workflow.revealing import reading_of
from app.workflow.settings import read_settings, write_settings
from tests.app.pages.reading.conftest import STUDY, Desk


def read_in(desk: Desk, mode: ReadMode) -> None:
    with desk.session.begin() as work:
        write_settings(work, replace(read_settings(work), read_mode=mode))


def analysed(desk: Desk) -> None:
    desk.page.analysis.wanted.emit()
    desk.wait(lambda: desk.page.analysis.outcome.startswith("Analysed."))


def nothing_of_the_model(desk: Desk) -> bool:
    page = desk.page
    return (
        not page.findings.findings
        and page.findings.isHidden()
        and page.heat.isHidden()
        and page.grid.slices["axial"].overlays.heat is None
        and not page.grid.slices["axial"].overlays.outlines
        and "suggested" not in page.analysis.outcome
    )


def press(desk: Desk, name: str) -> None:
    made = desk.page.findChild(QPushButton, name)
    assert made.isVisible(), name
    assert made.isEnabled(), name
    made.click()


def test_blind_first_asks_for_an_impression_and_then_shows_the_result(desk: Desk) -> None:
    read_in(desk, ReadMode.BLIND_FIRST)
    desk.open()
    assert desk.page.findChild(QLabel, "readMode").text() == "Blind first"
    analysed(desk)
    assert nothing_of_the_model(desk)
    keep = desk.page.findChild(QPushButton, "impressionKeep")
    press(desk, "impressionYes")
    assert not keep.isEnabled(), "a confidence is missing"
    press(desk, "impressionSure4")
    desk.page.findChild(QLineEdit, "impressionWords").setText("left frontal mass")
    press(desk, "impressionKeep")
    desk.wait(lambda: len(desk.page.findings.findings) == 2)
    desk.wait(lambda: bool(desk.page.grid.slices["axial"].overlays.outlines))
    told = desk.page.findChild(QLabel, "readModeWords").text()
    assert "Your first impression: a lesion, confidence 4 of 5." in told
    assert "was shown" in told
    assert desk.page.findChild(QPushButton, "impressionYes").isHidden() or not keep.isVisible()
    kept = reading_of(desk.session, STUDY).impression
    assert kept is not None
    assert kept.words == "left frontal mass"


def test_on_request_one_key_shows_the_result(desk: Desk) -> None:
    read_in(desk, ReadMode.ON_REQUEST)
    desk.open()
    analysed(desk)
    assert nothing_of_the_model(desk)
    assert desk.page.findChild(QPushButton, "reveal").isVisible()
    view = desk.page.grid.slices["axial"]
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_S)
    desk.wait(lambda: len(desk.page.findings.findings) == 2)
    assert not desk.page.findChild(QPushButton, "reveal").isVisible()


def test_concurrent_says_so_and_asks_nothing(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    assert desk.page.findChild(QLabel, "readMode").text() == "Concurrent"
    for name in ("reveal", "impressionKeep"):
        assert not desk.page.findChild(QPushButton, name).isVisible()


@pytest.mark.parametrize("mode", [ReadMode.BLIND_FIRST, ReadMode.ON_REQUEST])
def test_a_draft_begun_before_takes_the_analysis_in_once_it_is_shown(
    desk: Desk, mode: ReadMode
) -> None:
    read_in(desk, mode)
    desk.open()
    analysed(desk)
    desk.page.report.write_draft()
    desk.wait(lambda: desk.page.report.report is not None)
    assert "probe" not in desk.page.report.report.section("Technique")
    if mode is ReadMode.BLIND_FIRST:
        press(desk, "impressionNo")
        press(desk, "impressionSure2")
        press(desk, "impressionKeep")
    else:
        press(desk, "reveal")
    desk.wait(lambda: "probe" in desk.page.report.report.section("Technique"))


def test_what_was_chosen_for_one_study_is_gone_for_the_next(desk: Desk) -> None:
    read_in(desk, ReadMode.BLIND_FIRST)
    desk.open()
    press(desk, "impressionYes")
    press(desk, "impressionSure5")
    desk.open("1.2.840.99999.2")
    desk.wait(lambda: desk.page.opened is not None)
    assert not desk.page.findChild(QPushButton, "impressionKeep").isEnabled()
