"""Choosing annotations and moving them, whole or by a handle; elsewhere the crosshair moves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from viewer.canvas.annotation_shapes import Shape, box_corners, distance_px, on_plane, shape_of
from viewer.canvas.annotations import AnnotationBook
from viewer.canvas.tools.tool import Pointer
from viewer.records import Annotation, AnnotationKind, Vector3

REACH_PX = 7.0
_BOXES = (AnnotationKind.RECTANGLE, AnnotationKind.ELLIPSE)


class ChoosingTool:
    """Takes the button only over an annotation; so it is the tool of a reader who draws nothing."""

    name = "pointer"

    def __init__(self, book: AnnotationBook) -> None:
        self._book = book
        self._before: Annotation | None = None
        self._handle: int | None = None
        self._from: Vector3 = (0.0, 0.0, 0.0)

    def press(self, at: Pointer) -> bool:
        found = self._under(at)
        self._book.select(found[0].id if found else "")
        if found is None:
            return False
        self._before, self._handle = found
        self._from = at.point_mm
        return True

    def move(self, at: Pointer) -> bool:
        if self._before is None or not at.held:
            return False
        self._book.sketch(self._moved(at))
        return True

    def release(self, at: Pointer) -> bool:
        before = self._before
        if before is None:
            return False
        after = self._moved(at)
        self.cancel()
        if after.points_mm != before.points_mm:
            self._book.put(after)
        return True

    def double_click(self, at: Pointer) -> bool:
        return self._under(at) is not None

    def cancel(self) -> None:
        self._before, self._handle = None, None
        self._book.sketch(None)

    def _under(self, at: Pointer) -> tuple[Annotation, int | None] | None:
        """The annotation under the pointer, and which of its handles; the last drawn first."""
        place = (at.x_px, at.y_px)
        half = self._book.half_mm(at.series_uid, at.framing)
        for one in reversed(self._book.of_series(at.series_uid)):
            if not on_plane(one, at.framing, half):
                continue
            shape = shape_of(one, at.framing)
            handle = _handle(shape, place)
            if handle is not None or distance_px(shape, place) <= REACH_PX:
                return one, handle
        return None

    def _moved(self, at: Pointer) -> Annotation:
        before = self._before
        if before is None:
            raise RuntimeError("nothing is being moved")
        shift = np.array(at.point_mm) - np.array(self._from)
        normal = np.array(at.framing.plane.normal)
        shift -= (shift @ normal) * normal  # turning the wheel meanwhile leaves it on its slice
        if self._handle is None:
            points = tuple(_add(point, shift) for point in before.points_mm)
            return replace(before, points_mm=points)
        if before.kind in _BOXES:
            corners = box_corners(before)
            points = (corners[(self._handle + 2) % 4], _add(corners[self._handle], shift))
        else:
            points = tuple(
                _add(point, shift) if number == self._handle else point
                for number, point in enumerate(before.points_mm)
            )
        coarser = max(before.mm_per_px, at.framing.mm_per_px)
        return replace(before, points_mm=points, mm_per_px=coarser)


def _handle(shape: Shape, place: tuple[float, float]) -> int | None:
    reach = [math.dist(handle, place) for handle in shape.handles]
    nearest = min(range(len(reach)), key=reach.__getitem__)
    return nearest if reach[nearest] <= REACH_PX else None


def _add(point: Vector3, shift: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Vector3:
    return point[0] + float(shift[0]), point[1] + float(shift[1]), point[2] + float(shift[2])
