"""Images come in by dropping them, and every file left out has its reason on the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
)
from shiboken6 import isValid

from app.pages.import_result import summary
from app.pages.worklist import WorklistPage
from app.pages.worklist_menu import read_offer
from app.records import Urgency, WorklistEntry, WorklistFilter, WorklistStatus
from app.workflow import printing, releasing, reporting, signing
from app.workflow.importing import ImportOutcome
from assistant.records import Section
from tests.app.shell.driver import DESK, DOCTOR, PASSWORD, Driver
from tests.app.storage.records import SERIES
from tests.app.workflow.samples import read_draft
from tests.viewer.series_writer import write_series
from viewer.dicom.records import Rejected
from viewer.records import Patient, Study

UNREAD = WorklistEntry(
    study_uid="1.2.3",
    patient_id="p1",
    patient_name="Canary, Zoe",
    mrn="MRN-1",
    birth_date=date(1970, 1, 2),
    sex="F",
    study_date=date(2026, 1, 5),
    description="MRI brain",
    modality="MR",
    series_count=1,
    imported_at=datetime(2026, 1, 6, tzinfo=UTC),
    status=WorklistStatus.UNREAD,
    urgency=Urgency.UNJUDGED,
    flag="",
    simulated=False,
)


def worklist(driver: Driver, username: str = DOCTOR) -> WorklistPage:
    driver.enter(username)
    page = driver.page
    assert isinstance(page, WorklistPage)
    return page


def stage_studies(driver: Driver) -> None:
    """Three unread studies of one patient and a fourth by another, stored behind the window."""
    with driver.session.begin() as work:
        for person, name in (("p1", "Canary, Zoe"), ("p2", "Roux, Paul")):
            work.patients.put(Patient(person, name, mrn=f"M-{person}"))
        for number, person in enumerate(("p1", "p1", "p1", "p2")):
            at = datetime(2026, 1, number + 1, tzinfo=UTC)
            day = date(2020 + number, 1, 5)
            work.studies.put(Study(f"1.{number}", person, at, "MRI brain", study_date=day))


def press(driver: Driver, key: Qt.Key) -> None:
    """Press a key with Alt in the window, which must be the one in front."""
    driver.window.activateWindow()
    driver.until(driver.window.isActiveWindow)
    driver.qtbot.keyClick(driver.window, key, Qt.KeyboardModifier.AltModifier)


def showing(driver: Driver) -> str:
    made = driver.find(QLabel, "worklist.showing")
    return made.text() if made.isVisible() else ""


def test_a_filter_says_what_it_leaves_out_and_is_cleared_by_one_click(driver: Driver) -> None:
    page = worklist(driver)
    stage_studies(driver)
    page.refresh()
    driver.until(lambda: len(page.table.rows.records) == 4)
    assert showing(driver) == ""
    page.filters.choose(WorklistFilter(since=date(2022, 1, 1), unread=True))
    driver.until(lambda: len(page.table.rows.records) == 2)
    assert showing(driver) == "Showing 2 of 4, filter: from 1 Jan 2022, not read"
    page.search.setText("roux")
    driver.until(lambda: len(page.table.rows.records) == 1)
    assert "search: “roux”" in showing(driver)
    driver.click("worklist.clear")
    driver.until(lambda: len(page.table.rows.records) == 4)
    assert showing(driver) == ""


def test_a_status_is_chosen_from_the_menu_and_stands_on_its_button(driver: Driver) -> None:
    page = worklist(driver)
    stage_studies(driver)
    made = driver.find(QPushButton, "worklist.filter.status")
    for text in ("Signed", "Released"):
        made.menu().aboutToShow.emit()
        next(one for one in made.menu().actions() if one.text() == text).trigger()
    assert page.filters.wanted.statuses == (WorklistStatus.SIGNED, WorklistStatus.RELEASED)
    assert made.text() == "Signed + 1"
    driver.until(lambda: showing(driver) == "Showing 0 of 4, filter: signed or released")


def test_a_kept_filter_is_chosen_by_its_key_and_cleared_by_another(driver: Driver) -> None:
    page = worklist(driver)
    page.filters.choose(WorklistFilter(unread=True, modalities=("MR",)))
    page.filters._start_naming()
    driver.type("worklist.filter.name", "Morning")
    driver.click("worklist.filter.save")
    driver.settle()
    press(driver, Qt.Key.Key_0)
    assert page.filters.wanted == WorklistFilter()
    page = driver.visit("calendar") and driver.visit("worklist")
    assert isinstance(page, WorklistPage)
    driver.settle()
    press(driver, Qt.Key.Key_1)
    assert page.filters.wanted == WorklistFilter(unread=True, modalities=("MR",))
    assert driver.find(QPushButton, "worklist.filter.saved").text() == "Morning"


def test_other_studies_of_the_patient_open_from_the_rows_menu(driver: Driver) -> None:
    page = worklist(driver)
    stage_studies(driver)
    page.refresh()
    driver.until(lambda: len(page.table.rows.records) == 4)
    entry = next(one for one in page.table.rows.records if one.study_uid == "1.2")
    assert (entry.prior_count, entry.last_prior) == (2, date(2021, 1, 5))
    with driver.session.begin() as work:
        for uid in ("1.0", "1.1"):
            work.series.put(replace(SERIES, uid=f"{uid}.1", study_uid=uid))
    opened: list[str] = []
    page.menu._opened = opened.append
    menu = page.menu.build(entry, read_offer(driver.session, entry, lambda *_: None))
    others = menu.findChild(QMenu, "worklist.row-menu.others")
    assert isinstance(others, QMenu)
    assert [one.text() for one in others.actions()] == [
        "5 Jan 2021 · MRI brain",
        "5 Jan 2020 · MRI brain",
    ]
    others.actions()[1].trigger()
    assert opened == ["1.0"]


def menu_texts(driver: Driver, page: WorklistPage) -> dict[str, QAction]:
    """The menu of the first row as it is offered now, without what opens studies."""
    entry = page.table.rows.records[0]
    menu = page.menu.build(entry, read_offer(driver.session, entry, lambda *_: None))
    readers = menu.findChild(QMenu, "worklist.row-menu.readers")
    more = readers.actions() if isinstance(readers, QMenu) else []
    return {one.text(): one for one in (*menu.actions(), *more)}


def test_a_study_is_taken_handed_over_and_given_back_from_the_rows_menu(driver: Driver) -> None:
    page = worklist(driver)
    stage_studies(driver)
    page.refresh()
    driver.until(lambda: len(page.table.rows.records) == 4)
    menu_texts(driver, page)["Assign to me"].trigger()
    driver.until(lambda: page.table.rows.records[0].reader_name == "Iris Moreau")
    assert page.table.rows.records[0].status is WorklistStatus.ASSIGNED
    page.filters.choose(WorklistFilter(mine=True))
    driver.until(lambda: len(page.table.rows.records) == 1)
    offered = menu_texts(driver, page)
    assert "Assign to me" not in offered
    offered["Give back (now: Iris Moreau)"].trigger()
    driver.until(lambda: not page.table.rows.records)
    driver.window.sign_out()
    driver.settle()
    page = worklist(driver, DESK)
    offered = menu_texts(driver, page)
    assert not {"Open\tEnter", "Assign to me"} & offered.keys()
    offered["Iris Moreau"].trigger()
    study_uid = page.table.rows.records[0].study_uid
    asked = driver.find(QDialog, "reportQuestion")
    driver.find(QLineEdit, "question.word").setText("Compare with 2024.")
    driver.click("questionConfirm")
    driver.until(lambda: page.table.rows.records[0].reader_name == "Iris Moreau")
    driver.until(lambda: not isValid(asked))
    driver.window.sign_out()
    driver.settle()
    driver.enter(DOCTOR)
    driver.visit("reading", study_uid=study_uid)
    driver.until(lambda: driver.window.news.text == "Dan Desk: “Compare with 2024.”")


def answer(driver: Driver, *, printed: str, name: str, relation: str) -> None:
    made = driver.find(QComboBox, "question.print")
    made.setCurrentIndex(made.findData(printed))
    driver.type("question.name", name)
    driver.type("question.relation", relation)
    asked = driver.find(QDialog, "reportQuestion")
    driver.click("questionConfirm")
    driver.until(lambda: not isValid(asked))


def test_the_desk_hands_over_a_print_of_a_final_report_from_the_rows_menu(
    driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = worklist(driver)
    with driver.qtbot.waitSignal(page.imported, timeout=60_000):
        write_series(tmp_path / "drop", n=3)
        page.import_paths((tmp_path / "drop",))
    driver.settle()
    study_uid = page.table.rows.records[0].study_uid
    draft = read_draft(driver.session, study_uid)
    sections = (*draft.sections[:-1], Section("Impression", "Nothing to report."))
    reporting.save_draft(driver.session, draft.id, sections)
    report = signing.sign(driver.session, draft.id, PASSWORD)
    driver.window.sign_out()
    driver.settle()
    page = worklist(driver, DESK)
    monkeypatch.setattr(printing.shutil, "which", lambda _: None)
    for printed in ("now", "already"):
        menu_texts(driver, page)["Hand over a print…"].trigger()
        answer(driver, printed=printed, name="Max Canary", relation="husband")
        if printed == "now":
            driver.until(lambda: "no print service" in driver.window.news.text)
            assert not releasing.hand_overs(driver.session, report.id)
    driver.until(lambda: bool(releasing.hand_overs(driver.session, report.id)))
    assert releasing.hand_overs(driver.session, report.id)[0].to_name == "Max Canary"
    menu_texts(driver, page)["Hand over a print…"].trigger()
    asked = driver.find(QDialog, "reportQuestion")
    said = " ".join(one.text() for one in asked.findChildren(QLabel))
    assert "Version 1 was given to Max Canary (husband) by Dan Desk" in said
    assert "Nothing to report" not in said


def test_pictures_come_by_themselves_and_the_desk_never_asks_for_one(
    driver: Driver, tmp_path: Path
) -> None:
    page = worklist(driver, DESK)
    write_series(tmp_path / "drop", n=9)
    with driver.qtbot.waitSignal(page.imported, timeout=60_000):
        page.import_paths((tmp_path / "drop",))
    driver.settle()
    (entry,) = page.table.rows.records
    assert (entry.urgency, entry.flag) == (None, "")
    assert [column.title for column in page.table.rows.columns][:2] == ["Status", "Patient"]
    page.pictures._pause.stop()
    assert not page.pictures._asked
    driver.window.sign_out()
    driver.settle()
    page = worklist(driver)
    driver.until(lambda: page.pictures.of(page.table.rows.records[0]) is not None)
    picture = page.pictures.of(page.table.rows.records[0])
    assert picture is not None
    assert not picture.isNull()


def test_an_empty_worklist_says_what_to_do(driver: Driver) -> None:
    page = worklist(driver)
    assert page._empty.isVisible()


def test_the_example_study_is_one_click_away_and_labelled_as_simulated(driver: Driver) -> None:
    page = worklist(driver, DESK)
    with driver.qtbot.waitSignal(page.imported, timeout=60_000):
        driver.click("worklist.empty.action")
    driver.settle()
    (entry,) = page.table.rows.records
    assert entry.simulated
    assert "(simulated)" in str(page.table.rows.index(0, 4).data())
    page.search.setText("nobody by this name")
    driver.until(lambda: not page.table.rows.records)


def test_files_that_are_no_images_are_listed_with_the_reason(
    driver: Driver, tmp_path: Path
) -> None:
    page = worklist(driver)
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "notes.txt").write_text("not an image")
    with driver.qtbot.waitSignal(page.imported, timeout=60_000):
        page.import_paths((tmp_path / "drop",))
    shown = driver.find(QListWidget, "worklist.result.list")
    assert page.result.isVisible()
    assert "notes.txt" in shown.item(0).text()
    assert not page.progress.isVisible()


def test_a_cancelled_import_says_so_and_frees_the_page(driver: Driver, tmp_path: Path) -> None:
    page = worklist(driver)
    page.import_paths((tmp_path,))
    driver.click("worklist.progress.cancel")
    driver.settle()
    assert "stopped" in driver.window.news.text
    assert page.add.isEnabled()


def test_a_receptionist_does_not_open_images(driver: Driver) -> None:
    page = worklist(driver, DESK)
    page.table.show_records((UNREAD,))
    driver.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert driver.page is page


def test_the_summary_counts_what_came_and_what_did_not() -> None:
    outcome = ImportOutcome(("1.2",), 2, (Rejected("a", "x"),), (Rejected("b", "y"),))
    assert summary(outcome) == "2 series imported in 1 study, 1 already here, 1 file not used."
    assert "nothing to import" in summary(ImportOutcome((), 0, (), ()))
