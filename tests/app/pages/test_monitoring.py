"""The monitoring page: counts beside every percentage, drift with its rule, and nobody's name."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from app.pages.model_card import UNCALIBRATED, ModelCardView
from app.pages.monitoring import MonitoringPage
from app.pages.monitoring_words import (
    FIGURES,
    HEADER,
    chance_words,
    scanner_words,
    share_words,
)
from app.pages.settings import SettingsPage
from app.records import SYSTEM, Scanner
from app.storage.work import Work
from app.widgets.charts import BarList, CurveChart, TrendChart
from app.workflow.drift import FEWEST, REFERENCE
from app.workflow.rates import Share
from inference.records import FindingStatus, RunOutcome
from tests.app.pages.cards import DIGEST, card
from tests.app.shell.driver import ADMIN, DESK, DOCTOR, Driver
from tests.app.storage.records import FINDING, PATIENT, RUN, SERIES, STUDY

NAME = "CANARY^ZEBRA"
START = datetime(2025, 1, 5, tzinfo=UTC)
STATUSES = (FindingStatus.ACCEPTED, FindingStatus.EDITED, FindingStatus.REJECTED)


def put_years(work: Work, *, months: int = 6, each: int = 60, moved_from: int = 99) -> None:
    """Months of analyses by one scanner whose sharpness moves in the month ``moved_from``."""
    dice = np.random.default_rng(8)
    work.patients.put(replace(PATIENT, name=NAME))
    for number in range(months * each):
        month = number // each
        uid, at = f"1.2.{number}", START + timedelta(days=30.44 * month)
        work.studies.put(replace(STUDY, uid=uid, simulated=False))
        physics = {"Manufacturer": "SIEMENS", "ManufacturerModelName": "=Skyra"}
        physics["MagneticFieldStrength"] = "2.89"
        work.series.put(replace(SERIES, uid=f"{uid}.1", study_uid=uid, physics=physics))
        outcome = (RunOutcome.FINDINGS, RunOutcome.FINDINGS, RunOutcome.NOT_ANALYSED)[number % 3]
        reason = "Not analysed, because this is a T2 series." if number % 3 == 2 else ""
        sharp = dice.normal(0.8 - 0.3 * (month >= moved_from), 0.05)
        gate = {"head": float(dice.normal(0.9, 0.02)), "sharpness": float(sharp)}
        run = replace(RUN, id=f"r{number}", study_uid=uid, series_uid=f"{uid}.1", started_at=at)
        run = replace(run, outcome=outcome, reason=reason, gate=gate, seconds=4.0 + number % 10)
        work.runs.put(replace(run, model="tumour-t1ce", version="0.2.0", weights_sha256=DIGEST))
        if outcome is RunOutcome.FINDINGS:
            status = STATUSES[number % 2 if number % 12 else 2]
            found = replace(FINDING, id=f"f{number}", study_uid=uid, series_uid=f"{uid}.1")
            work.findings.put(replace(found, run_id=f"r{number}", status=status))


@pytest.fixture
def clinic(driver: Driver) -> Driver:
    """A clinic with half a year of analyses, drifting in the last month."""
    driver.opened_by_staff()
    storage = driver.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        put_years(work, moved_from=5)
    return driver


def monitoring(driver: Driver, username: str = DOCTOR) -> MonitoringPage:
    driver.enter(username)
    page = driver.visit("monitoring")
    assert isinstance(page, MonitoringPage)
    driver.until(lambda: not driver.tasks.busy)
    return page


def words_on(page: QWidget) -> str:
    return "\n".join(one.text() for one in page.findChildren(QLabel))


def test_doctor_and_administrator_see_the_page_the_desk_does_not(clinic: Driver) -> None:
    assert monitoring(clinic, ADMIN).releases.rows.records
    clinic.window.sign_out()
    clinic.settle()
    clinic.enter(DESK)
    assert "monitoring" not in clinic.rail()


def test_before_the_first_analysis_the_page_says_what_will_be_here(driver: Driver) -> None:
    page = monitoring(driver)
    assert driver.find(QWidget, "monitoring.empty").isVisible()
    assert not page.export.isEnabled()


def test_every_percentage_stands_beside_its_count_and_interval(clinic: Driver) -> None:
    page = monitoring(clinic)
    assert "Overridden (edited or rejected): " in page.agreement.lines["overridden"].text()
    for made in page.agreement.lines.values():
        for part in made.text().split(": ")[1:]:
            assert "%" not in part or (" of " in part and "95 % interval" in part)
    assert "120 of 360 (33 %" in page.refusals.share.text()
    bars = clinic.find(BarList, "monitoring.reasons").bars
    assert bars == (("this is a T2 series", 120),)
    assert "median 8.0 s" in page.times.text or "median 9.0 s" in page.times.text


def test_what_lies_below_the_edge_is_reached_by_keyboard(clinic: Driver) -> None:
    monitoring(clinic)
    area = clinic.find(QScrollArea, "monitoring.area")
    assert area.focusPolicy() is Qt.FocusPolicy.TabFocus
    bar = area.verticalScrollBar()
    clinic.until(lambda: bar.maximum() > 0)
    QTest.keyClick(area, Qt.Key.Key_PageDown)
    assert bar.value() > 0


def test_drift_is_named_by_scanner_and_score_with_its_rule(clinic: Driver) -> None:
    page = monitoring(clinic)
    assert "drift suspected in 2 of" in page.drift.sentence.text()
    first = page.drift.table.rows.records[0]
    assert (first.cell.score, first.verdict.value) == ("sharpness", "drift suspected")
    shown = {str(page.drift.table.rows.index(row, 0).data()) for row in range(2)}
    assert shown == {"All scanners", "=Skyra, 3.0 T"}
    assert f"at least {FEWEST} series" in words_on(page)
    points = clinic.find(TrendChart, "monitoring.distance").points
    assert points[-1].tone == "warning"
    assert all(one.tone == "accent" for one in points[:-1])


def test_reading_the_page_is_no_act_on_a_patients_data_and_shows_no_name(clinic: Driver) -> None:
    page = monitoring(clinic)
    assert NAME not in words_on(page)
    assert PATIENT.mrn not in words_on(page)
    with clinic.session.begin() as work:
        assert not [one for one in work.audit.entries(50) if one.patient_id == PATIENT.id]


def test_the_table_file_holds_every_figure_no_name_and_no_formula(
    clinic: Driver, tmp_path: Path
) -> None:
    page = monitoring(clinic)
    page.save(tmp_path / "out.csv")
    clinic.settle()
    text = (tmp_path / "out.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert tuple(rows[0]) == (*HEADER, *FIGURES)
    assert {row["part"] for row in rows} >= {"runs", "findings", "agreement", "months", "times"}
    drift = [row for row in rows if row["part"] == "drift"]
    assert any(row["verdict"] == "drift suspected" for row in drift)
    assert NAME not in text
    assert not [cell for row in rows for cell in row.values() if cell and cell[0] in "=+-@"]
    with clinic.session.begin() as work:
        assert work.audit.entries(1)[0].action == "monitoring.exported"


def test_a_scanner_without_a_reference_is_told_how_far_it_is(driver: Driver) -> None:
    driver.opened_by_staff()
    storage = driver.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        put_years(work, months=2, each=30)
    page = monitoring(driver)
    assert f"40 of the {REFERENCE} accepted series" in page.drift.sentence.text()
    assert page.drift.table.isHidden()


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Share(23, 120), "23 of 120 (19 %, 95 % interval 13 to 27)"),
        (Share(2, 340), "2 of 340 (0.6 %, 95 % interval 0 to 2)"),
        (Share(0, 0), "none yet"),
    ],
)
def test_a_share_is_never_a_bare_percentage(share: Share, words: str) -> None:
    assert share_words(share) == words


def test_a_scanner_that_says_nothing_of_itself_is_called_so() -> None:
    assert scanner_words(Scanner(1, "", "", "")) == "Scanner not stated"
    assert scanner_words(Scanner(1, "", "", "1.5")) == "1.5 T"
    assert chance_words(1e-9) == "<0.0001"


def test_the_card_shows_its_curves_bins_and_abstention(driver: Driver) -> None:
    view = ModelCardView()
    driver.qtbot.addWidget(view)
    view.show_card(card())
    shown = words_on(view)
    curve = driver.find(CurveChart, "modelCard.curve.type", view)
    assert [one.count for one in curve._points] == [14, 31, 88, 203, 1240]
    assert [one.solid for one in curve._points] == [False, True, True, True, True]
    assert "right 83 % of 203" in curve.accessibleName()
    assert "0.061 (0.050 to 0.070)" in shown
    assert "0.021 (0.010 to 0.030)" in shown
    assert "not exactly one reaches 0.62" in shown
    assert "96 % (94 to 97)" in shown
    assert DIGEST in shown.replace("\n", "")
    limit = shown.index("Never tested on a normal head.")
    assert limit < shown.index("Measured"), "limits are read before figures"


def test_a_card_without_calibration_says_that_it_is_not_measured(driver: Driver) -> None:
    view = ModelCardView()
    driver.qtbot.addWidget(view)
    view.show_card(card(calibration={}))
    assert UNCALIBRATED in words_on(view)
    assert "Temperature" not in words_on(view)
    assert not view.findChildren(CurveChart)


def test_the_settings_page_shows_the_shipped_models_card(driver: Driver) -> None:
    driver.enter(ADMIN)
    page = driver.visit("settings")
    assert isinstance(page, SettingsPage)
    shipped = driver.workstation.analyser.card()
    digest = driver.find(QLabel, "modelCard.digest", page.model)
    assert shipped.weights_sha256 in digest.text().replace("\n", "")
    assert not page.model.isVisible()
    driver.click("settings.showModel", page)
    assert page.model.isVisible()
