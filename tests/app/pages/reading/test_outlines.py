"""Claims about outlines on the reading page: painted, measured, made findings, reasons given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton

from app.workflow import annotating
from assistant.drafting.measuring import volume_ml
from inference.records import Finding, FindingStatus, RejectReason
from tests.app.pages.reading.conftest import STUDY, Desk
from tests.app.pages.reading.test_room import axial, drag
from tests.app.workflow.test_outlining import Placed
from viewer.records import Annotation, AnnotationKind

FIRST = f"{STUDY}.1"


@pytest.fixture
def read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An analysed study on the screen; places come from a rule that needs no registration."""
    monkeypatch.setattr(desk.workstation, "_placer", Placed())
    desk.open()
    desk.analyse()
    return desk


def finding(desk: Desk, number: int = 1) -> Finding:
    return next(one for one in desk.page.findings.findings if one.id.endswith(f"-{number}"))


def key(desk: Desk, pressed: Qt.Key) -> None:
    desk.page.findings.list.setFocus()
    QTest.keyClick(desk.page.findings.list, pressed)


def brush(desk: Desk) -> None:
    desk.page.tools.choose("brush")
    desk.wait(lambda: desk.page.drawing.brush.sheet.volume is not None)


def press(desk: Desk, name: str) -> None:
    made = desk.page.findChild(QPushButton, name)
    assert made.isVisible(), name
    made.click()


def save_as(desk: Desk, words: str) -> None:
    desk.page.findChild(QLineEdit, "findingLabel").setText(words)
    press(desk, "findingSave")


def test_a_stroke_changes_size_place_and_draft_and_undo_takes_them_back(read: Desk) -> None:
    key(read, Qt.Key.Key_A)
    read.wait(lambda: read.page.report.report is not None)
    before = finding(read)
    row = read.page.findings.list
    row.select_finding(before.id)
    brush(read)
    assert read.page.findChild(QLabel, "brushTarget").text() == f"Outline of: {before.label}"
    drag(axial(read), (100, 90), (130, 100))
    read.wait(lambda: finding(read).outlined is not None)
    after = finding(read)
    assert volume_ml(after)
    assert after.side == "right"
    assert "Dice" in "".join(row.item(at).toolTip() for at in range(row.count()))
    assert (
        "The model had said: Enhancing lesion, left frontal lobe, 12 mm."
        in row.item(0).toolTip() + row.item(1).toolTip()
    )
    size = max(one.value for one in after.measurements if "diameter" in one.name)
    read.wait(lambda: f"{size:.0f} mm" in read.page.report.report.section("Findings"))
    read.page.findChild(QToolButton, "undo").click()
    read.wait(lambda: finding(read) == replace(before, status=FindingStatus.ACCEPTED))
    read.wait(lambda: "12 mm" in read.page.report.report.section("Findings"))


def test_the_brush_paints_the_chosen_finding_and_no_other(read: Desk) -> None:
    read.page.findings.list.select_finding(finding(read, 2).id)
    brush(read)
    assert read.page.drawing.brush.sheet.style.value == 2


def test_a_new_outline_becomes_a_finding_of_the_readers_own(read: Desk) -> None:
    brush(read)
    made = read.page.findChild(QPushButton, "brushFinding")
    assert not made.isVisible(), "the model's outline is no new finding"
    press(read, "brushNew")
    read.wait(lambda: read.page.drawing.brush.own_value == 255)
    read.wait(lambda: read.page.drawing.brush.sheet.volume is not None)
    assert not read.page.drawing.brush.sheet.labels.any()
    drag(axial(read), (100, 90), (130, 100))
    read.wait(made.isVisible)
    press(read, "brushFinding")
    save_as(read, "Metastasis")
    read.wait(lambda: any(one.by_reader for one in read.page.findings.findings))
    own = next(one for one in read.page.findings.findings if one.by_reader)
    assert (own.label, own.label_value) == ("Metastasis", 255)
    assert volume_ml(own)
    read.page.tools.choose("pointer")
    overlays = axial(read).overlays
    read.wait(lambda: 255 in {one.value for one in axial(read).overlays.outlines})
    assert overlays is not None


def test_a_measurement_becomes_a_finding_with_its_length(read: Desk) -> None:
    centre = finding(read).centre_mm
    other = (centre[0] + 10.0, centre[1], centre[2])
    flat = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    now = read.session.now()
    drawn = Annotation("a", STUDY, FIRST, AnnotationKind.LENGTH, (centre, other), *flat, 1.0, now)
    annotating.put_annotation(read.session, drawn)
    read.wait(lambda: read.page.drawn.list.count() == 1)
    read.page.drawn.list.setCurrentRow(0)
    read.page.drawn.list.setFocus()
    QTest.keyClick(read.page.drawn.list, Qt.Key.Key_F)
    save_as(read, "Nodule")
    read.wait(lambda: any(one.by_reader for one in read.page.findings.findings))
    own = next(one for one in read.page.findings.findings if one.by_reader)
    assert own.measurements[0].value == pytest.approx(10.0)
    assert "Nodule" in read.page.findings.list.item(2).text()


def test_a_rejection_asks_for_nothing_and_takes_a_reason_by_one_click_or_key(read: Desk) -> None:
    key(read, Qt.Key.Key_R)
    read.wait(lambda: finding(read).status is FindingStatus.REJECTED)
    assert finding(read).reject_reason is RejectReason.NONE
    press(read, "rejectReason.vessel")
    read.wait(lambda: finding(read).reject_reason is RejectReason.VESSEL)
    assert not read.page.findings.reasons.isVisible()
    key(read, Qt.Key.Key_R)
    read.wait(lambda: finding(read, 2).status is FindingStatus.REJECTED)
    read.wait(read.page.findings.reasons.isVisible)
    key(read, Qt.Key.Key_2)
    read.wait(lambda: finding(read, 2).reject_reason is RejectReason.ARTEFACT)
    key(read, Qt.Key.Key_U)
    read.wait(lambda: finding(read, 2).status is FindingStatus.SUGGESTED)
    assert finding(read, 2).reject_reason is RejectReason.NONE


def test_one_key_decides_about_all_that_are_chosen_and_one_takes_it_back(read: Desk) -> None:
    read.page.findings.list.selectAll()
    key(read, Qt.Key.Key_R)
    read.wait(
        lambda: {one.status for one in read.page.findings.findings} == {FindingStatus.REJECTED}
    )
    press(read, "rejectReason.artefact")
    read.wait(
        lambda: (
            {one.reject_reason for one in read.page.findings.findings} == {RejectReason.ARTEFACT}
        )
    )
    key(read, Qt.Key.Key_U)
    read.wait(
        lambda: {one.status for one in read.page.findings.findings} == {FindingStatus.SUGGESTED}
    )
    read.page.findings.list.selectAll()
    key(read, Qt.Key.Key_E)
    assert not read.page.findChild(QLineEdit, "findingPlace").isEnabled()
    save_as(read, "Infarct")
    read.wait(lambda: {one.label for one in read.page.findings.findings} == {"Infarct"})
    assert {one.place for one in read.page.findings.findings} == {"left frontal lobe"}


def test_an_outline_left_unmeasured_is_measured_when_the_study_is_opened(
    read: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between the stroke and its measuring."""
    with monkeypatch.context() as patch:
        patch.setattr(read.page.outlines, "measure", lambda *_: None)
        read.page.drawing.brush.painted.disconnect()
        brush(read)
        drag(axial(read), (100, 90), (130, 100))
        read.wait(lambda: not read.tasks.busy)
    assert finding(read).outlined is None
    read.page.open(study_uid="1.2.840.99999.2")
    read.wait(lambda: read.page.opened is not None)
    read.page.open(study_uid=STUDY)
    read.wait(lambda: len(read.page.findings.findings) == 2)
    read.wait(lambda: finding(read).outlined is not None)
