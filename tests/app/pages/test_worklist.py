"""Images come in by dropping them, and every file left out has its reason on the page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from app.pages.import_result import summary
from app.pages.worklist import WorklistPage
from app.records import Urgency, WorklistEntry, WorklistStatus
from app.workflow.importing import ImportOutcome
from tests.app.shell.driver import DESK, DOCTOR, Driver
from viewer.dicom.records import Rejected

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
    assert "(simulated)" in str(page.table.rows.index(0, 5).data())
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
