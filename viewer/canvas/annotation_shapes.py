"""Annotations as lines on a view, in device pixels. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.canvas.framing import Framing
from viewer.records import Annotation, AnnotationKind, Vector3

Point = tuple[float, float]
Line = tuple[Point, ...]

_FLAT = frozenset({AnnotationKind.RECTANGLE, AnnotationKind.ELLIPSE, AnnotationKind.FREEHAND})
_SAME_WAY = 1e-4
_ELLIPSE_POINTS = 72
_HEAD_PX = 11.0
_CROSS_PX = 6.0


@dataclass(frozen=True, slots=True)
class Shape:
    """Polylines, dashed helper lines, the points one can take hold of, and where words stand."""

    lines: tuple[Line, ...]
    dashed: tuple[Line, ...]
    handles: tuple[Point, ...]
    anchor: Point


def on_plane(annotation: Annotation, framing: Framing, half_mm: float) -> bool:
    """Whether an annotation lies in the shown cut: all its points within half its thickness.

    What has an area also lies only in planes parallel to its own.
    """
    normal = np.array(framing.plane.normal)
    if annotation.kind in _FLAT:
        own = np.cross(np.array(annotation.right), np.array(annotation.down))
        if abs(abs(float(own @ normal)) - 1.0) > _SAME_WAY:
            return False
    away = np.array(annotation.points_mm) - np.array(framing.plane.centre)
    return bool(np.abs(away @ normal).max() <= half_mm)


def shape_of(annotation: Annotation, framing: Framing, ratio: float = 1.0) -> Shape:
    """The lines of an annotation on a view; ``ratio`` is device pixels per logical one."""
    points = tuple(framing.to_px(point) for point in annotation.points_mm)
    lines, dashed = _LINES[annotation.kind](annotation, framing, points, ratio)
    anchor = max((point for line in lines for point in line), key=lambda at: (at[0], at[1]))
    if annotation.kind is AnnotationKind.ARROW:
        anchor = points[1]
    handles = _corners(annotation, framing) if annotation.kind in _BOXES else points
    return Shape(lines, dashed, handles, anchor)


def box_corners(annotation: Annotation) -> tuple[Vector3, ...]:
    """The four corners of a rectangle or of an ellipse's box, LPS+ mm, around it."""
    origin, far = (np.array(point) for point in annotation.points_mm)
    right, down = np.array(annotation.right), np.array(annotation.down)
    wide, high = float((far - origin) @ right), float((far - origin) @ down)
    corners = (
        origin,
        origin + wide * right,
        origin + wide * right + high * down,
        origin + high * down,
    )
    return tuple((float(one[0]), float(one[1]), float(one[2])) for one in corners)


def distance_px(shape: Shape, at: Point) -> float:
    """How far a point is from the nearest line of a shape, in device pixels."""
    nearest = math.inf
    for line in shape.lines:
        for start, end in zip(line, line[1:] or line, strict=False):
            nearest = min(nearest, _to_segment(np.array(at), np.array(start), np.array(end)))
    return nearest


def _to_segment(
    at: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> float:
    along = end - start
    length = float(along @ along)
    share = min(max(float((at - start) @ along) / length, 0.0), 1.0) if length else 0.0
    return float(np.linalg.norm(at - start - share * along))


Lines = tuple[tuple[Line, ...], tuple[Line, ...]]


def _corners(annotation: Annotation, framing: Framing) -> Line:
    return tuple(framing.to_px(corner) for corner in box_corners(annotation))


def _polyline(annotation: Annotation, framing: Framing, points: Line, ratio: float) -> Lines:  # noqa: ARG001 - a drawer's signature
    return (points,), ()


def _pairs(annotation: Annotation, framing: Framing, points: Line, ratio: float) -> Lines:  # noqa: ARG001 - a drawer's signature
    if annotation.kind is AnnotationKind.COBB:
        middles = [_middle(points[:2]), _middle(points[2:])]
        return (points[:2], points[2:]), (tuple(middles),)
    return (points[:2], points[2:]), ()


def _polygon(annotation: Annotation, framing: Framing, points: Line, ratio: float) -> Lines:  # noqa: ARG001 - a drawer's signature
    return ((*points, points[0]),), ()


def _rectangle(annotation: Annotation, framing: Framing, points: Line, ratio: float) -> Lines:  # noqa: ARG001 - a drawer's signature
    corners = _corners(annotation, framing)
    return ((*corners, corners[0]),), ()


def _ellipse(annotation: Annotation, framing: Framing, points: Line, ratio: float) -> Lines:  # noqa: ARG001 - a drawer's signature
    a, b, _, d = (np.array(corner) for corner in _corners(annotation, framing))
    centre, half_wide, half_high = (b + d) / 2.0, (b - a) / 2.0, (d - a) / 2.0
    turns = np.linspace(0.0, 2.0 * math.pi, _ELLIPSE_POINTS + 1)
    drawn = [centre + math.cos(turn) * half_wide + math.sin(turn) * half_high for turn in turns]
    return (tuple((float(x), float(y)) for x, y in drawn),), ()


def _cross(annotation: Annotation, framing: Framing, points: Line, ratio: float) -> Lines:  # noqa: ARG001 - a drawer's signature
    (x, y), reach = points[0], _CROSS_PX * ratio
    return (((x - reach, y), (x + reach, y)), ((x, y - reach), (x, y + reach))), ()


def _arrow(annotation: Annotation, framing: Framing, points: Line, ratio: float) -> Lines:  # noqa: ARG001 - a drawer's signature
    tip, tail = points
    angle = math.atan2(tail[1] - tip[1], tail[0] - tip[0])
    reach = _HEAD_PX * ratio
    barbs = [
        (tip[0] + reach * math.cos(angle + turn), tip[1] + reach * math.sin(angle + turn))
        for turn in (-0.45, 0.45)
    ]
    return (points, (barbs[0], tip, barbs[1])), ()


def _middle(points: Sequence[Point]) -> Point:
    return (points[0][0] + points[1][0]) / 2.0, (points[0][1] + points[1][1]) / 2.0


_BOXES = frozenset({AnnotationKind.RECTANGLE, AnnotationKind.ELLIPSE})
_LINES = {
    AnnotationKind.LENGTH: _polyline,
    AnnotationKind.ANGLE: _polyline,
    AnnotationKind.COBB: _pairs,
    AnnotationKind.BIDIRECTIONAL: _pairs,
    AnnotationKind.RECTANGLE: _rectangle,
    AnnotationKind.ELLIPSE: _ellipse,
    AnnotationKind.FREEHAND: _polygon,
    AnnotationKind.PROBE: _cross,
    AnnotationKind.ARROW: _arrow,
}
