"""The window by a region: what the reader frames is spread over all grays."""

from __future__ import annotations

from datetime import UTC, datetime

from viewer.canvas.annotations import AnnotationBook
from viewer.canvas.tools.drawing import DRAG_PX
from viewer.canvas.tools.tool import Pointer
from viewer.geometry.regions import Region, sample
from viewer.geometry.window import region_window
from viewer.records import Annotation, AnnotationKind


class RegionWindowTool:
    """Draws a box while the button is held, then sets the window from the voxels inside.

    The box is shown with its numbers as it is drawn and is not kept.
    """

    name = "region-window"

    def __init__(self, book: AnnotationBook) -> None:
        self._book = book
        self._first: Pointer | None = None

    def press(self, at: Pointer) -> bool:
        self._first = at
        return True

    def move(self, at: Pointer) -> bool:
        if self._first is None or not at.held or at.series_uid != self._first.series_uid:
            return False
        plane = self._first.framing.plane
        self._book.sketch(
            Annotation(
                id="sketch",
                study_uid="",
                series_uid=at.series_uid,
                kind=AnnotationKind.RECTANGLE,
                points_mm=(self._first.point_mm, at.point_mm),
                right=plane.right,
                down=plane.down,
                mm_per_px=at.framing.mm_per_px,
                made_at=datetime.now(UTC),
            )
        )
        return True

    def release(self, at: Pointer) -> bool:
        first = self._first
        self.cancel()
        if first is None or at.series_uid != first.series_uid:
            return False
        if min(abs(at.x_px - first.x_px), abs(at.y_px - first.y_px)) < DRAG_PX:
            return True  # a click frames nothing
        plane, points = first.framing.plane, (first.point_mm, at.point_mm)
        region = Region(AnnotationKind.RECTANGLE, points, plane.right, plane.down)
        values, _ = sample(region, at.stage.volume)
        window = region_window(values)
        if window is not None:
            at.state.set_window(window)
        return True

    def double_click(self, at: Pointer) -> bool:  # noqa: ARG002 - a tool's signature
        return False

    def cancel(self) -> None:
        self._first = None
        self._book.sketch(None)
