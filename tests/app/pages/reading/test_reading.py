"""The reading page on the real workflow: open, analyse, decide; nothing late, nothing lost."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QToolButton,
)

from app.pages.odds import trust_explained
from app.pages.reading import fetching, images
from app.pages.reading.finding_rows import TRUST, described
from app.workflow import reading
from app.workflow.session import Session
from inference.explain.methods import OFFERED
from inference.records import FindingStatus, RunOutcome
from tests.app.pages.reading.conftest import OTHER, STUDY, Desk, brightness
from viewer.canvas.stage import Stage
from viewer.ports import Progress
from viewer.records import Series


def statuses(desk: Desk) -> list[FindingStatus]:
    return [one.status for one in desk.page.findings.findings]


def key(desk: Desk, pressed: Qt.Key) -> None:
    desk.page.findings.list.setFocus()  # a study opens with the keys in its images
    QTest.keyClick(desk.page.findings.list, pressed)


def test_a_study_opens_with_patient_planes_and_thumbnails(desk: Desk) -> None:
    desk.open()
    who = desk.page.findChild(QLabel, "readingPatient")
    assert who.text() == "Canary, Zoe"
    assert who.textFormat() is Qt.TextFormat.PlainText
    assert desk.page.images.strip.count() == 2
    assert all(view.framing() is not None for view in desk.page.grid.slices.values())
    assert desk.page.images.series.uid == f"{STUDY}.1"


@pytest.fixture
def slow_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The first study's volume arrives only after this event."""
    load, gate = fetching.load_stage, threading.Event()

    def held(session: Session, series: Series, progress: Progress) -> Stage:
        if series.study_uid == STUDY:
            gate.wait(20.0)
        return load(session, series, progress)

    monkeypatch.setattr(fetching, "load_stage", held)
    return gate


def open_one_after_the_other(desk: Desk, gate: threading.Event) -> None:
    desk.page.open(study_uid=STUDY)
    desk.wait(lambda: desk.page.images.series is not None)
    desk.page.open(study_uid=OTHER)
    desk.wait(lambda: desk.page.state is not None)
    gate.set()
    desk.wait(lambda: not desk.tasks.busy)


def test_a_volume_that_arrives_for_another_study_is_dropped(
    desk: Desk, slow_first: threading.Event
) -> None:
    open_one_after_the_other(desk, slow_first)
    assert desk.page.opened.study.uid == OTHER
    assert desk.page.grid.slices["axial"].caption.patient[0] == "Other, Ann"
    assert desk.page.images.stage.volume.voxels[0, 0, 0] == brightness(OTHER)
    assert desk.page.grid.slices["axial"].stage.volume.voxels[0, 0, 0] == brightness(OTHER)


def test_that_claim_fails_where_late_volumes_are_not_dropped(
    desk: Desk, slow_first: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same steps with the checks taken out: another patient's images come to the screen."""
    turn = property(lambda _: 0, lambda *_: None)
    for guarded in (images.StudyImages, fetching.SeriesFetcher):
        monkeypatch.setattr(guarded, "_turn", turn, raising=False)
    open_one_after_the_other(desk, slow_first)
    assert desk.page.grid.slices["axial"].stage.volume.voxels[0, 0, 0] == brightness(STUDY)


def test_a_missing_study_leaves_a_sentence_in_the_view(desk: Desk) -> None:
    desk.page.open(study_uid="1.2.3")
    desk.wait(lambda: "no such study" in desk.page.grid.slices["axial"].notice.lower())


def test_analysis_lists_findings_and_lays_maps_over_the_image(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    assert "2 findings suggested by probe 1" in desk.page.analysis.outcome
    desk.wait(lambda: bool(desk.page.grid.slices["axial"].overlays.outlines))
    assert desk.page.grid.slices["axial"].overlays.heat is None, "an ungraded map is hidden"
    words = desk.page.findChild(QLabel, "heatFaithfulness")
    assert words.text().startswith("Hidden:")
    desk.page.findChild(QPushButton, "heatAnyway").click()
    desk.wait(lambda: desk.page.grid.slices["axial"].overlays.heat is not None)
    assert "not the lesion's outline" in words.text()
    assert "50% of it lies in the outline" in words.toolTip()


def test_a_refused_series_says_why_and_gives_no_number(desk: Desk) -> None:
    desk.analyser.outcome = RunOutcome.NOT_ANALYSED
    desk.analyser.reason = "Not analysed, because this series has no contrast agent."
    desk.open()
    desk.page.analysis.wanted.emit()
    desk.wait(lambda: desk.page.analysis.outcome == desk.analyser.reason)
    assert desk.page.findings.isHidden()


def test_what_the_gate_warns_of_stands_apart_from_the_outcome(desk: Desk) -> None:
    desk.analyser.cautions = ("The slices do not cover the whole head.",)
    desk.open()
    words = desk.page.findChild(QLabel, "analysisCautions")
    assert words.isHidden()
    desk.analyse()
    assert words.text() == "The slices do not cover the whole head."
    assert (words.isHidden(), words.property("tone")) == (False, "warning")
    assert "whole head" not in desk.page.analysis.outcome


def test_a_doctor_opens_the_models_card_beside_the_images(desk: Desk) -> None:
    desk.open()
    made = desk.page.findChild(QToolButton, "analysisCard")
    desk.wait(made.isEnabled)
    made.click()
    card = desk.page.findChild(QDialog, "cardWindow")
    assert card.isVisible()
    assert not card.isModal()
    assert "probe 1" in [one.text() for one in card.findChildren(QLabel)]
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_another_heat_map_is_asked_for_only_once_one_is_chosen(desk: Desk) -> None:
    controls = desk.page.heat
    controls.offer(OFFERED)
    methods = controls.findChild(QComboBox, "heatMethods")
    ask = controls.findChild(QPushButton, "heatAsk")
    assert methods.currentText() == ""
    assert not ask.isEnabled()
    methods.setCurrentIndex(1)
    assert ask.isEnabled()


def test_nothing_suspected_is_said_neutrally_with_the_models_own_words(desk: Desk) -> None:
    desk.analyser.outcome = RunOutcome.NOTHING_SUSPECTED
    desk.analyser.reason = "Nothing suspected by this model, which found 82 of 100."
    desk.open()
    desk.page.analysis.wanted.emit()
    desk.wait(lambda: "82 of 100" in desk.page.analysis.outcome)
    outcome = desk.page.findChild(QLabel, "analysisOutcome")
    assert outcome.property("role") == "muted"


def test_cancel_ends_an_analysis_and_leaves_nothing_behind(desk: Desk) -> None:
    desk.analyser.gate.clear()
    desk.open()
    desk.page.analysis.wanted.emit()
    cancel = desk.page.findChild(QPushButton, "analysisProgress.cancel")
    desk.wait(cancel.isVisible)
    cancel.click()
    desk.wait(lambda: "cancelled" in desk.page.analysis.outcome)
    assert reading.open_study(desk.session, STUDY).runs == ()
    assert desk.page.findChild(QPushButton, "analyse").isEnabled()


def test_enter_puts_the_crosshair_on_the_finding(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    key(desk, Qt.Key.Key_Return)
    assert desk.page.state.cursor_mm == pytest.approx((24.0, -18.0, 9.0))
    assert desk.page.state.selected == 1


def test_keys_accept_and_reject_and_move_on_to_the_next(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    key(desk, Qt.Key.Key_A)
    desk.wait(lambda: statuses(desk)[0] is FindingStatus.ACCEPTED)
    desk.wait(lambda: desk.page.findings.list.selected_id.endswith("-2"))
    key(desk, Qt.Key.Key_R)
    desk.wait(lambda: statuses(desk)[1] is FindingStatus.REJECTED)
    stored = reading.open_study(desk.session, STUDY).findings
    assert {one.status for one in stored} == {FindingStatus.ACCEPTED, FindingStatus.REJECTED}


@pytest.mark.parametrize("pressed", [Qt.Key.Key_U, Qt.Key.Key_Z])
def test_a_decision_is_taken_back_words_included(desk: Desk, pressed: Qt.Key) -> None:
    desk.open()
    desk.analyse()
    before = desk.page.findings.findings[0]
    key(desk, Qt.Key.Key_E)
    field = desk.page.findChild(QLineEdit, "findingLabel")
    field.setText("Calcification")
    QTest.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: desk.page.findings.findings[0].label == "Calcification")
    assert statuses(desk)[0] is FindingStatus.EDITED
    key(desk, pressed)
    desk.wait(lambda: desk.page.findings.findings[0] == before)


def test_escape_leaves_the_form_and_changes_nothing(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    key(desk, Qt.Key.Key_E)
    field = desk.page.findChild(QLineEdit, "findingLabel")
    assert field.isVisible()
    field.setText("Something else")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.isHidden() or not field.isVisible()
    assert statuses(desk) == [FindingStatus.SUGGESTED, FindingStatus.SUGGESTED]


def test_another_series_is_shown_by_its_thumbnail(desk: Desk) -> None:
    desk.open()
    desk.page.images.choose(f"{STUDY}.2")
    desk.wait(lambda: desk.page.state is not None)
    assert desk.page.images.series.uid == f"{STUDY}.2"
    assert desk.page.analysis.outcome == "Not analysed yet."


def test_a_row_says_where_how_large_and_how_probable_without_promising(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    finding = desk.page.findings.findings[0]
    known = desk.page.findings._known
    assert described(finding, known) == (
        "left frontal lobe  ·  12 mm  ·  slice 5  ·  probability 0.90, not measured how often wrong"
    )
    assert "not the chance that the patient has a tumour" in trust_explained(finding, known)


def test_a_row_says_how_many_like_it_were_wrong_once_the_card_says_so(desk: Desk) -> None:
    desk.analyser.calibration = {
        "lesion": {
            "ece_after": [0.02, 0.01, 0.03],
            "bins": [{"low": 0.8, "high": 1, "count": 40, "confidence": 0.9, "accuracy": 0.85}],
        }
    }
    desk.page.trust.learn()
    desk.open()
    desk.analyse()
    trust = desk.page.findings.list.item(0).data(TRUST)
    assert trust == "like this, 15 of 100 were wrong"


def test_nothing_suspected_stands_in_grey_beside_the_measured_sensitivity(desk: Desk) -> None:
    desk.analyser.outcome = RunOutcome.NOTHING_SUSPECTED
    desk.analyser.performance = {
        "sensitivity": 0.93,
        "sensitivity_low": 0.9,
        "sensitivity_high": 0.95,
    }
    desk.page.trust.learn()
    desk.open()
    desk.page.analysis.wanted.emit()
    desk.wait(lambda: "Nothing suspected" in desk.page.analysis.outcome)
    desk.wait(lambda: "93 of 100 lesions (95 % interval 90 to 95)" in desk.page.analysis.outcome)
    shown = desk.page.findChild(QLabel, "analysisOutcome")
    assert (shown.property("role"), shown.property("tone")) == ("muted", None)
    assert "not the same as normal" in shown.text()


def test_a_reader_adds_a_finding_at_the_crosshair_and_takes_it_back(desk: Desk) -> None:
    desk.analyser.outcome = RunOutcome.NOTHING_SUSPECTED
    desk.open()
    desk.page.analysis.wanted.emit()
    desk.wait(lambda: "Nothing suspected" in desk.page.analysis.outcome)
    desk.page.findChild(QPushButton, "findingAdd").click()
    field = desk.page.findChild(QLineEdit, "findingLabel")
    assert field.isVisible()
    field.setText("Small infarct")
    QTest.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: len(desk.page.findings.findings) == 1)
    added = desk.page.findings.findings[0]
    assert added.centre_mm == desk.page.state.cursor_mm
    assert (added.label, added.probability, added.series_uid) == (
        "Small infarct",
        None,
        f"{STUDY}.1",
    )
    assert desk.page.findings.list.item(0).data(TRUST) == "added by the reader"
    desk.page.drawing.undo()
    desk.wait(lambda: not desk.page.findings.findings)


def test_every_control_has_a_name_for_tests_and_screen_readers(desk: Desk) -> None:
    desk.open()
    for button in desk.page.findChildren(QPushButton):
        assert button.objectName()
        assert button.accessibleName()
        assert button.toolTip()


def test_each_finding_is_drawn_by_the_model_that_made_it(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    desk.analyser.version = "2"
    desk.page.analysis.wanted.emit()
    desk.wait(lambda: len(desk.page.findings.findings) == 4)
    fetcher, panel = desk.page.images.fetcher, desk.page.findings
    for finding in panel.findings:
        panel.list.select_finding(finding.id)
        laid = fetcher.run_of(finding.series_uid)
        assert laid is not None
        assert laid.id == finding.run_id
        desk.wait(lambda: bool(desk.page.grid.slices["axial"].overlays.outlines))
    assert {one.run_id for one in panel.findings} == {f"run-{STUDY}", f"run-{STUDY}-2"}


@pytest.mark.parametrize("height", [420, 560, 700])
def test_nothing_of_the_findings_lies_over_something_else_on_a_low_screen(
    desk: Desk, height: int
) -> None:
    desk.open()
    desk.analyse()
    desk.page.report.write_draft()
    desk.wait(lambda: desk.page.report.report is not None)
    desk.page.setFixedSize(1280, height)
    controls = desk.page.heat
    controls.findChild(QPushButton, "heatAnyway").click()
    desk.wait(lambda: controls.findChild(QPushButton, "heatContour").isVisible())

    def apart() -> bool:
        area = desk.page.findChild(QScrollArea, "findingsScroll")
        accept = desk.page.findChild(QPushButton, "findingAccept")
        named = [desk.page.findings.list, accept, controls.findChild(QPushButton, "heatContour")]
        named.append(controls.findChild(QSlider, "heatThreshold"))
        tops = [one.mapTo(area.widget(), one.rect().topLeft()).y() for one in named]
        ends = [top + one.height() for top, one in zip(tops, named, strict=True)]
        return all(end <= top for end, top in zip(ends, tops[1:], strict=False))

    desk.wait(apart)


def test_the_row_chosen_by_a_key_is_in_sight_on_a_low_screen(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    desk.page.report.write_draft()
    desk.wait(lambda: desk.page.report.report is not None)
    desk.page.setFixedSize(1280, 420)
    area = desk.page.findChild(QScrollArea, "findingsScroll")
    rows = desk.page.findings.list
    area.verticalScrollBar().setValue(0)
    rows.setCurrentRow(0)
    rows.setCurrentRow(rows.count() - 1)
    centre = rows.visualItemRect(rows.currentItem()).center()
    seen = rows.viewport().mapTo(area.viewport(), centre)
    assert area.viewport().rect().contains(seen)
