"""Correcting an outline by hand and giving a reason for a rejection; all taken back again."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView

from app.demo.stage import Stage
from app.demo.steps import expect
from app.pages.reading.page import ReadingPage
from inference.records import FindingStatus, RejectReason
from viewer.geometry.planes import PlaneKind

_STROKE_PX = (40, 10)


def correct_and_reject(stage: Stage, page: ReadingPage) -> None:
    """Paint on the first finding: its numbers follow; undo: they are the model's again."""
    before = page.findings.findings[0]
    _correct(stage, page)
    page.drawing.undo()
    stage.hand.until(lambda: page.findings.findings[0] == before, "the model's numbers again", 60)
    page.tools.choose("pointer")
    _reject(stage, page)
    expect(page.findings.findings[0] == before, "undo left something behind")


def _correct(stage: Stage, page: ReadingPage) -> None:
    hand, view = stage.hand, page.grid.slices[PlaneKind.AXIAL]
    before = page.findings.findings[0]
    page.tools.choose("brush")
    sheet = page.drawing.brush.sheet
    hand.until(lambda: sheet.volume is not None, "the outline to be open for the brush")
    start = QPoint(view.width() // 2, view.height() // 2)
    way = QPoint(*_STROKE_PX)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + way / 2)
    QTest.mouseMove(view, start + way)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + way)
    hand.until(lambda: page.findings.findings[0].outlined is not None, "the new size", 60)
    hand.pause(300)
    hand.picture("09a-outline-corrected")
    after = page.findings.findings[0]
    dice = after.outlined.dice if after.outlined is not None else None
    old, new = (one.measurements[0].value for one in (before, after))
    stage.steps.note(
        f"outline corrected: {old:.1f} to {new:.1f} ml, {after.place}, Dice {dice or 0.0:.3f}"
    )


def _reject(stage: Stage, page: ReadingPage) -> None:
    hand, rows = stage.hand, stage.hand.find("findingsList", QListView)
    hand.key(rows, Qt.Key.Key_R)
    hand.until(page.findings.reasons.isVisible, "the reasons to be offered")
    hand.pause(300)
    hand.picture("09b-reject-reasons")
    hand.click(f"rejectReason.{RejectReason.VESSEL.value}")
    hand.until(lambda: page.findings.findings[0].reject_reason is RejectReason.VESSEL, "the reason")
    hand.key(rows, Qt.Key.Key_U)
    hand.until(lambda: page.findings.findings[0].status is FindingStatus.SUGGESTED, "the way back")
