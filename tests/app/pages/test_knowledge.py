"""The knowledge page: a leaflet is shown before it is used, tried by a question, and removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from app.pages.knowledge import KnowledgePage
from app.workflow import knowledge
from assistant.knowledge.library import Library
from tests.app.shell.driver import ADMIN, Driver
from tests.assistant import leaflet_files as files

DOSE = ("", "Medicines", "If you are afraid of narrow rooms please take 5 mg of the medicine.")


@pytest.fixture
def page(driver: Driver) -> KnowledgePage:
    driver.workstation._library = Library(lambda: None)
    driver.enter(ADMIN)
    shown = driver.visit("knowledge")
    assert isinstance(shown, KnowledgePage)
    driver.settle()
    return shown


def bring(driver: Driver, page: KnowledgePage, folder: Path) -> None:
    page._dropped((files.pdf(folder / "Your_scan.pdf", (*files.LINES, *DOSE)),))
    driver.settle()


def test_a_leaflet_is_shown_with_all_its_text_and_kept_only_when_added(
    driver: Driver, page: KnowledgePage, tmp_path: Path
) -> None:
    bring(driver, page, tmp_path)
    said = page.panel.text.toPlainText()
    assert "Page 1 · How long it takes\nMost scans of the head" in said
    assert "NOT QUOTED, it names a dose\nIf you are afraid" in said
    assert knowledge.holdings(driver.session).leaflets == ()
    driver.click("knowledge.add")
    driver.settle()
    (kept,) = knowledge.holdings(driver.session).leaflets
    assert kept.title == "Your scan"
    assert page.table.current == kept


def test_a_question_shows_what_would_be_quoted_and_from_where(
    driver: Driver, page: KnowledgePage, tmp_path: Path
) -> None:
    bring(driver, page, tmp_path)
    driver.click("knowledge.add")
    driver.settle()
    page.trial.field.setText("how long do scans of the head take")
    page.trial.field.returnPressed.emit()
    driver.settle()
    said = page.trial.found.toPlainText()
    assert said.startswith("1. Your scan: How long it takes\nMost scans of the head")
    assert "Leaflet of this clinic, added on 20" in said
    page.trial.field.setText("who won the football game")
    page.trial.field.returnPressed.emit()
    driver.settle()
    assert "told to ask the doctor" in page.trial.state.text()


def test_a_removed_leaflet_leaves_the_list(
    driver: Driver, page: KnowledgePage, tmp_path: Path
) -> None:
    bring(driver, page, tmp_path)
    driver.click("knowledge.add")
    driver.settle()
    driver.click("knowledge.remove")
    driver.settle()
    assert knowledge.holdings(driver.session).leaflets == ()


def test_a_refused_file_leaves_its_reason_on_the_page(
    driver: Driver, page: KnowledgePage, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"MZ\0")
    page.take(tmp_path / "a.pdf")
    driver.settle()
    assert "neither a PDF nor a plain text" in driver.find(QLabel, "knowledge.refusal").text()
    assert page.choose.isEnabled()


def test_what_ships_is_shown_with_its_licence_and_every_text(
    driver: Driver, page: KnowledgePage
) -> None:
    published = knowledge.holdings(driver.session).sources[-1]
    page.panel.show_source(published)
    assert "CC BY 4.0" in page.panel._facts.text()
    assert published.passages[0].text in page.panel.text.toPlainText()
