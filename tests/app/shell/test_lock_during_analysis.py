"""Claims about a window that locks while a model works: nothing is lost, nothing is silent."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.pages.reading.page import ReadingPage
from app.records import SYSTEM
from app.storage.work import Storage
from app.workflow import reading
from inference.errors import WorkerLostError
from inference.ports import Analysis, Priority
from tests.app.pages.reading.conftest import STUDY, ProbeAnalyser, _put_study
from tests.app.shell.driver import DESK, DOCTOR, Driver
from viewer.canvas.volume_view import Volume3DView
from viewer.ports import Progress
from viewer.records import Series, Volume

WORKFLOW = Path(__file__).resolve().parents[3] / "app" / "workflow"


class Breakable(ProbeAnalyser):
    """Held back like the other, then lost, if a test says so."""

    lost = False

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()

    def analyse(
        self,
        series: Series,
        volume: Volume,
        progress: Progress,
        priority: Priority = Priority.INTERACTIVE,
    ) -> Analysis:
        self.begun.set()
        made = super().analyse(series, volume, progress, priority)
        if self.lost:
            raise WorkerLostError("The analysis crashed (SIGSEGV). It can be started again.")
        return made


@pytest.fixture
def model(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Breakable]:
    """A doctor at the window whose model works until its gate is opened."""
    probe = Breakable()
    monkeypatch.setattr(driver.workstation, "_analyser", probe)
    monkeypatch.setattr(Volume3DView, "show_volume", lambda *_: None)
    driver.enter(DOCTOR)
    _put_study(driver.session, STUDY, "Canary, Zoe", "MRN-1")
    probe.gate.clear()
    ordered(driver)
    driver.until(probe.begun.is_set)
    yield probe
    probe.gate.set()


def ordered(driver: Driver) -> None:
    """Open the study and ask for an analysis."""
    driver.window.visit("reading", study_uid=STUDY)
    page = reading_page(driver)
    driver.until(lambda: page.state is not None)
    page.analysis.wanted.emit()
    driver.until(page.analysis._progress.isVisible)


def reading_page(driver: Driver) -> ReadingPage:
    assert isinstance(driver.page, ReadingPage)
    return driver.page


def idle_lock(driver: Driver) -> None:
    """Let the minutes without input pass."""
    driver.window.idle._end.timeout.emit()
    assert driver.window.session is None
    driver.until(lambda: driver.workstation.clinic._session is None)


def come_back(driver: Driver) -> ReadingPage:
    driver.type("sign-in.username", DOCTOR)
    driver.type("sign-in.password", "a long enough sentence 7")
    driver.click("sign-in.submit")
    driver.until(lambda: driver.window.session is not None)
    page = reading_page(driver)
    driver.until(lambda: page.state is not None)
    return page


def audited(storage: Storage | None, action: str) -> list[str]:
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        return [one.detail for one in work.audit.entries(200) if one.action == action]


def test_an_analysis_goes_on_behind_the_curtain_and_its_findings_are_there_afterwards(
    driver: Driver, model: Breakable
) -> None:
    idle_lock(driver)
    model.gate.set()
    driver.settle()
    page = come_back(driver)
    driver.until(lambda: len(page.findings.findings) == 2)
    assert "2 findings suggested" in page.analysis.outcome
    [detail] = audited(driver.workstation.clinic.storage, "study.analysed")
    assert "stored after the session had ended" in detail


def test_whoever_comes_back_sooner_sees_it_run_and_can_cancel_it(
    driver: Driver, model: Breakable
) -> None:
    idle_lock(driver)
    page = come_back(driver)
    driver.until(page.analysis._progress.isVisible)
    page.analysis.cancelled.emit()
    driver.until(lambda: "cancelled" in page.analysis.outcome)
    assert reading.open_study(driver.session, STUDY).runs == ()


def test_whoever_comes_back_sooner_gets_the_findings_when_they_are_there(
    driver: Driver, model: Breakable
) -> None:
    idle_lock(driver)
    page = come_back(driver)
    driver.until(page.analysis._progress.isVisible)
    model.gate.set()
    driver.until(lambda: len(page.findings.findings) == 2)
    assert not page.analysis._progress.isVisible()


def test_an_analysis_that_failed_behind_the_curtain_says_so_afterwards(
    driver: Driver, model: Breakable
) -> None:
    model.lost = True
    idle_lock(driver)
    model.gate.set()
    driver.settle()
    page = come_back(driver)
    driver.until(lambda: "crashed (SIGSEGV)" in page.analysis.outcome)


def test_an_analysis_is_kept_when_somebody_else_is_at_the_window(
    driver: Driver, model: Breakable
) -> None:
    idle_lock(driver)
    driver.type("sign-in.username", DESK)
    driver.type("sign-in.password", "a long enough sentence 7")
    driver.click("sign-in.submit")
    driver.until(lambda: driver.window.session is not None)
    model.gate.set()
    driver.settle()
    driver.window.sign_out()
    driver.settle()
    driver.enter(DOCTOR)
    assert len(reading.open_study(driver.session, STUDY).findings) == 2


def test_a_change_of_theme_does_not_end_an_analysis(driver: Driver, model: Breakable) -> None:
    driver.window.use_theme("light")
    page = reading_page(driver)
    driver.until(lambda: page.state is not None)
    driver.until(page.analysis._progress.isVisible)
    model.gate.set()
    driver.until(lambda: len(page.findings.findings) == 2)
    driver.window.use_theme("dark")


def test_only_results_of_long_work_are_stored_for_somebody_who_has_left() -> None:
    users = {
        path.stem
        for path in WORKFLOW.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "begin_results"
    }
    assert users == {"analysing", "backing_up", "measuring"}
