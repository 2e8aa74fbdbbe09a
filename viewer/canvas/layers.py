"""The pictures of one view, each made again only when what it shows has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QImage

from viewer.canvas.colours import heat_table
from viewer.canvas.contours import contour_segments
from viewer.canvas.framing import Framing
from viewer.canvas.stage import HeatLayer, Outline, Stage
from viewer.canvas.state import HeatStyle
from viewer.geometry.reslice import Reslicer
from viewer.geometry.window import to_gray
from viewer.records import WindowLevel

T = TypeVar("T")

_COARSER = 2
_EDGE = 127.5


@dataclass(frozen=True, slots=True)
class OutlineLines:
    """The lines of one label in device pixels."""

    value: int
    lines: tuple[QLineF, ...]


class Layers:
    """Gray image, heat and outlines of one view, remembered until their cause changes."""

    def __init__(self) -> None:
        self._remembered: dict[str, tuple[Any, Any]] = {}
        self._table = heat_table()

    def clear(self) -> None:
        """Forget every picture, e.g. because the volume is another one."""
        self._remembered.clear()

    def gray(self, stage: Stage, framing: Framing, window: WindowLevel) -> QImage:
        """The windowed plane at device resolution."""
        return self._once("gray", (framing, window), lambda: self._gray(stage, framing, window))

    def heat_wash(self, layer: HeatLayer, framing: Framing, style: HeatStyle) -> QImage:
        """The heat above the threshold in colours, transparent elsewhere, at half resolution."""
        return self._once("wash", (framing, style), lambda: self._wash(layer, framing, style))

    def heat_lines(
        self, layer: HeatLayer, framing: Framing, threshold: float
    ) -> tuple[QLineF, ...]:
        """The line around the heat above the threshold."""
        return self._once(
            "contour",
            (framing, threshold),
            lambda: _lines(self._heat(layer, framing), max(0.5, threshold * 255.0), framing),
        )

    def outlines(self, outlines: tuple[Outline, ...], framing: Framing) -> tuple[OutlineLines, ...]:
        """The edges of all labels."""
        return self._once(
            "outlines",
            framing,
            lambda: tuple(
                OutlineLines(one.value, _lines(_cut(one.cutter, framing), _EDGE, framing))
                for one in outlines
            ),
        )

    def _gray(self, stage: Stage, framing: Framing, window: WindowLevel) -> QImage:
        background = min(0.0, window.centre - window.width)
        cut = self._once(
            "cut",
            framing,
            lambda: stage.cutter.cut(
                framing.plane,
                framing.width_px,
                framing.height_px,
                framing.mm_per_px,
                background=background,
            ),
        )
        pixels = to_gray(cut, window)
        height, width = pixels.shape
        return QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()

    def _heat(self, layer: HeatLayer, framing: Framing) -> NDArray[Any]:
        return self._once("heat", framing, lambda: _cut(layer.cutter, framing))

    def _wash(self, layer: HeatLayer, framing: Framing, style: HeatStyle) -> QImage:
        heat = self._heat(layer, framing)
        colours = np.zeros((256, 4), np.uint8)
        shown = np.arange(256) >= max(1.0, style.threshold * 255.0)
        alpha = np.where(shown, style.opacity, 0.0)
        colours[:, :3] = np.round(self._table * alpha[:, None])
        colours[:, 3] = np.round(255.0 * alpha)
        pixels = np.ascontiguousarray(colours[heat])
        height, width = heat.shape
        kind = QImage.Format.Format_RGBA8888_Premultiplied
        return QImage(pixels.data, width, height, 4 * width, kind).copy()

    def _once(self, name: str, cause: Any, make: Callable[[], T]) -> T:  # noqa: ANN401 - any key
        before = self._remembered.get(name)
        if before is not None and before[0] == cause:
            made: T = before[1]
            return made
        fresh = make()
        self._remembered[name] = (cause, fresh)
        return fresh


def wash_target(framing: Framing) -> QRectF:
    """Where the half-resolution picture lies, in device pixels with pixel edges on integers."""
    left, top = _offset(framing)
    return QRectF(
        left - (_COARSER - 1) / 2,
        top - (_COARSER - 1) / 2,
        _coarse(framing.width_px) * _COARSER,
        _coarse(framing.height_px) * _COARSER,
    )


def _coarse(size_px: int) -> int:
    return max(1, size_px // _COARSER)


def _offset(framing: Framing) -> tuple[float, float]:
    """The fine pixel on which the first coarse one is centred: the middles coincide."""
    return (
        (framing.width_px - 1) / 2 - _COARSER * (_coarse(framing.width_px) - 1) / 2,
        (framing.height_px - 1) / 2 - _COARSER * (_coarse(framing.height_px) - 1) / 2,
    )


def _cut(cutter: Reslicer, framing: Framing) -> NDArray[Any]:
    """The plane at half the resolution; its middle stays the middle."""
    return cutter.cut(
        framing.plane,
        _coarse(framing.width_px),
        _coarse(framing.height_px),
        framing.mm_per_px * _COARSER,
    )


def _lines(picture: NDArray[Any], level: float, framing: Framing) -> tuple[QLineF, ...]:
    """The contour of a coarse picture in device pixels, pixel centres on integers."""
    segments = contour_segments(picture, level) * _COARSER + np.array(_offset(framing) * 2)
    return tuple(QLineF(*(float(value) for value in row)) for row in segments)
