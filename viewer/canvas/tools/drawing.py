"""Drawing annotations: points placed by clicks or by dragging, and outlines by hand."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from viewer.canvas.annotations import AnnotationBook
from viewer.canvas.tools.tool import Pointer
from viewer.records import POINTS_OF, Annotation, AnnotationKind, Vector3

DRAG_PX = 4.0
"""A press and a release closer together than this are a click."""

Ask = Callable[[str], str]
"""Asks the reader for words; an empty answer means none."""


class PointsTool:
    """Places a fixed number of points: each by a click, two at once by a drag.

    The second axis of a bidirectional measurement is kept across the first.
    """

    def __init__(self, kind: AnnotationKind, book: AnnotationBook, ask: Ask | None = None) -> None:
        self._kind = kind
        self._book = book
        self._ask = ask
        self._points: list[Vector3] = []
        self._pressed: Pointer | None = None
        self._first: Pointer | None = None

    @property
    def name(self) -> str:
        """Word for the tool."""
        return self._kind.value

    def press(self, at: Pointer) -> bool:
        if self._first is not None and self._elsewhere(at):
            self.cancel()
        self._first = self._first or at
        self._pressed = at
        self._place(at.point_mm)
        return True

    def move(self, at: Pointer) -> bool:
        if not self._points or self._elsewhere(at):
            return False
        self._sketch(at)
        return True

    def release(self, at: Pointer) -> bool:
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._first is None:
            return False
        if self._elsewhere(at):
            self.cancel()
            return True
        moved = math.hypot(at.x_px - pressed.x_px, at.y_px - pressed.y_px)
        if moved > DRAG_PX and POINTS_OF[self._kind] > 1:
            self._place(at.point_mm)
        if len(self._points) >= POINTS_OF[self._kind]:
            self._finish(at)
        else:
            self._sketch(at)
        return True

    def double_click(self, at: Pointer) -> bool:  # noqa: ARG002 - a tool's signature
        return bool(self._points)

    def cancel(self) -> None:
        self._points.clear()
        self._first = self._pressed = None
        self._book.sketch(None)

    def _elsewhere(self, at: Pointer) -> bool:
        """Whether the pointer has left the cut the drawing was begun on."""
        return self._first is not None and not _same_cut(self._first, at)

    def _place(self, point: Vector3) -> None:
        if len(self._points) < POINTS_OF[self._kind]:
            self._points.append(self._fitted(point))

    def _fitted(self, point: Vector3) -> Vector3:
        """The fourth point of a bidirectional measurement, moved onto the line across the first."""
        if self._kind is not AnnotationKind.BIDIRECTIONAL or len(self._points) != 3:
            return point
        start, end, third = (np.array(one) for one in self._points)
        along = end - start
        if not along.any():
            return point
        along /= np.linalg.norm(along)
        away = np.array(point) - third
        fitted = third + away - (away @ along) * along
        return float(fitted[0]), float(fitted[1]), float(fitted[2])

    def _sketch(self, at: Pointer) -> None:
        """What would be drawn if the next point lay here; the rest collapses onto it."""
        here = self._fitted(at.point_mm)
        missing = POINTS_OF[self._kind] - len(self._points)
        self._book.sketch(_annotation(self._kind, (*self._points, *[here] * missing), at, "sketch"))

    def _finish(self, at: Pointer) -> None:
        points, first = tuple(self._points), self._first or at
        self.cancel()
        if len(set(points)) < min(2, len(points)):
            return
        text = self._ask("Text of the arrow") if self._ask is not None else ""
        drawn = _annotation(self._kind, points, first, str(uuid.uuid4()), text)
        # Zoomed in between two clicks, the coarser one bounds the error.
        coarser = max(first.framing.mm_per_px, at.framing.mm_per_px)
        self._book.put(self._book.signed(replace(drawn, mm_per_px=coarser)))


class FreehandTool:
    """Draws a closed outline while the button is held."""

    name = AnnotationKind.FREEHAND.value

    def __init__(self, book: AnnotationBook) -> None:
        self._book = book
        self._points: list[Vector3] = []
        self._first: Pointer | None = None
        self._last = (0.0, 0.0)

    def press(self, at: Pointer) -> bool:
        self._points = [at.point_mm]
        self._first, self._last = at, (at.x_px, at.y_px)
        return True

    def move(self, at: Pointer) -> bool:
        if not at.held or self._first is None or not _same_cut(self._first, at):
            return False
        if math.hypot(at.x_px - self._last[0], at.y_px - self._last[1]) >= 2.0:
            self._points.append(at.point_mm)
            self._last = (at.x_px, at.y_px)
        if len(self._points) >= 3:
            drawn = _annotation(AnnotationKind.FREEHAND, tuple(self._points), at, "sketch")
            self._book.sketch(drawn)
        return True

    def release(self, at: Pointer) -> bool:  # noqa: ARG002 - a tool's signature
        points, first = tuple(self._points), self._first
        self.cancel()
        if len(points) >= 3 and first is not None:
            drawn = _annotation(AnnotationKind.FREEHAND, points, first, str(uuid.uuid4()))
            self._book.put(self._book.signed(drawn))
        return True

    def double_click(self, at: Pointer) -> bool:  # noqa: ARG002 - a tool's signature
        return False

    def cancel(self) -> None:
        self._points, self._first = [], None
        self._book.sketch(None)


def _same_cut(one: Pointer, other: Pointer) -> bool:
    """Whether both point at the same cut of the same series."""
    depth = one.framing.plane.to_screen(other.point_mm)[2]
    return one.series_uid == other.series_uid and abs(depth) < 1e-3


def _annotation(
    kind: AnnotationKind, points: tuple[Vector3, ...], at: Pointer, name: str, text: str = ""
) -> Annotation:
    plane = at.framing.plane
    return Annotation(
        id=name,
        study_uid="",
        series_uid=at.series_uid,
        kind=kind,
        points_mm=points,
        right=plane.right,
        down=plane.down,
        mm_per_px=at.framing.mm_per_px,
        made_at=datetime.now(UTC),
        text=text,
    )
