"""Painting labels: a brush and an eraser; from press to release is one stroke."""

from __future__ import annotations

from viewer.canvas.label_sheet import Hover, LabelSheet
from viewer.canvas.tools.tool import Pointer
from viewer.geometry.planes import Plane
from viewer.records import Vector3

_SAME_CUT_MM = 1e-3


class BrushTool:
    """Paints on the sheet's series while the button is held, on the cut the stroke began on.

    With Shift the brush erases and the eraser paints.
    """

    def __init__(self, name: str, sheet: LabelSheet, *, erases: bool = False) -> None:
        self.name = name
        self._sheet = sheet
        self._erases = erases
        self._cut: Plane | None = None
        self._last: Vector3 = (0.0, 0.0, 0.0)

    def press(self, at: Pointer) -> bool:
        if self._sheet.volume is None or at.series_uid != self._sheet.series_uid:
            return False
        self._sheet.finish()
        self._hang(at)
        self._cut, self._last = at.framing.plane, at.point_mm
        self._paint(at, (at.point_mm,))
        return True

    def move(self, at: Pointer) -> bool:
        before = self._sheet.hover
        self._hang(at)
        if self._cut is not None and at.held and self._same_cut(at):
            self._paint(at, (self._last, at.point_mm))
            self._last = at.point_mm
        return self._sheet.hover is not None or before is not None

    def release(self, at: Pointer) -> bool:  # noqa: ARG002 - a tool's signature
        if self._cut is None:
            return False
        self._cut = None
        self._sheet.finish()
        return True

    def double_click(self, at: Pointer) -> bool:
        """The second press of a double click is a dab of its own; no release follows it."""
        return self.press(at) and self.release(at)

    def cancel(self) -> None:
        self._cut = None
        self._sheet.hang(None)
        self._sheet.cancel()

    def _paint(self, at: Pointer, path_mm: tuple[Vector3, ...]) -> None:
        self._sheet.stroke(path_mm, at.framing, erase=self._erases != at.shift)

    def _same_cut(self, at: Pointer) -> bool:
        """Whether the pointer is still on the cut the stroke began on: no wheel in between."""
        if self._cut is None or at.series_uid != self._sheet.series_uid:
            return False
        return abs(self._cut.to_screen(at.point_mm)[2]) < _SAME_CUT_MM

    def _hang(self, at: Pointer) -> None:
        """Let the brush hang under the pointer; it shows where it would paint."""
        if self._sheet.volume is None or at.series_uid != self._sheet.series_uid:
            self._sheet.hang(None)
            return
        erases = self._erases != at.shift
        self._sheet.hang(Hover(at.series_uid, at.point_mm, at.framing.plane.normal, erases))
