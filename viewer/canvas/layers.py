"""The pictures of one view, each made again only when what it shows has changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from viewer.canvas.colours import heat_table
from viewer.canvas.contours import contour_segments
from viewer.canvas.framing import Framing
from viewer.canvas.fusion import Fusion, colour_table
from viewer.canvas.stage import HeatLayer, Outline, Stage
from viewer.canvas.state import HeatStyle, ViewState
from viewer.geometry.reslice import Interpolation, Reslicer
from viewer.geometry.slab import Slab
from viewer.geometry.window import to_gray
from viewer.records import Vector3

T = TypeVar("T")

MOVING = 4
"""Every how many device pixels a thick turned cut is made while it moves."""

_EDGE = 127.5
_TOUCHING_MM = 1e-3


@dataclass(frozen=True, slots=True)
class OutlineLines:
    """The lines of one label in device pixels."""

    value: int
    lines: tuple[QLineF, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A coarse picture over part of a view.

    Its first pixel is centred on device pixel (``left``, ``top``), and its pixels are ``coarser``
    device pixels apart.
    """

    pixels: NDArray[Any]
    left: int
    top: int
    coarser: int

    @property
    def area(self) -> QRectF:
        """What it covers, in device pixels with pixel edges on integers."""
        height, width = self.pixels.shape
        reach = (self.coarser - 1) / 2
        return QRectF(
            self.left - reach, self.top - reach, width * self.coarser, height * self.coarser
        )


class Layers:
    """Gray image, heat and outlines of one view, remembered until their cause changes."""

    def __init__(self) -> None:
        self._remembered: dict[str, tuple[Any, Any]] = {}
        self._table = heat_table()
        self.hurried = False
        """While the picture moves: thick turned cuts are made coarser, to keep up."""

    def clear(self) -> None:
        """Forget every picture, e.g. because the volume is another one."""
        self._remembered.clear()

    def forget_overlays(self) -> None:
        """Forget what lay over the image; the image itself stays."""
        self._remembered = {
            name: made for name, made in self._remembered.items() if name in {"gray", "cut"}
        }

    def forget_fused(self) -> None:
        """Let go of the series that lay on top."""
        self._remembered.pop("fused", None)

    def scene(
        self, cause: Hashable, framing: Framing, compose: Callable[[QPainter], None]
    ) -> QImage:
        """Everything composed into one picture of the view's size, again only if its cause is new.

        ``compose`` paints onto black in device pixels.
        """
        return self._once("scene", cause, lambda: _composed(framing, compose))

    def gray(
        self, stage: Stage, framing: Framing, state: ViewState
    ) -> tuple[QImage, QRectF] | None:
        """The windowed plane at device resolution and where it lies; None out of sight."""
        coarser = self._coarser(stage, framing, state.slab)
        cause = (framing, state.window, state.inverted, state.slab, coarser)
        return self._once("gray", cause, lambda: self._gray(stage, framing, state, coarser))

    def fused(self, fusion: Fusion, framing: Framing) -> tuple[QImage, QRectF] | None:
        """The series on top in its colours, and where it lies."""
        cause = (framing, fusion.cutter, fusion.window, fusion.colours)
        return self._once("fused", cause, lambda: self._fused(fusion, framing))

    def heat_wash(
        self, layer: HeatLayer, framing: Framing, style: HeatStyle
    ) -> tuple[QImage, QRectF]:
        """The heat above the threshold in colours, transparent elsewhere, and where it lies."""
        return self._once("wash", (framing, style), lambda: self._wash(layer, framing, style))

    def heat_lines(
        self, layer: HeatLayer, framing: Framing, style: HeatStyle
    ) -> tuple[QLineF, ...]:
        """The line around the heat above the threshold."""
        level = max(0.5, style.threshold * 255.0)
        return self._once(
            "contour",
            (framing, style.threshold, style.native),
            lambda: _lines(self._heat(layer, framing, native=style.native), level),
        )

    def outlines(self, outlines: tuple[Outline, ...], framing: Framing) -> tuple[OutlineLines, ...]:
        """The edges of all labels the plane meets."""
        return self._once(
            "outlines",
            framing,
            lambda: tuple(
                OutlineLines(one.value, _lines(patch, _EDGE))
                for one in outlines
                if (patch := outline_patch(one, framing)) is not None
            ),
        )

    def _gray(
        self, stage: Stage, framing: Framing, state: ViewState, coarser: int
    ) -> tuple[QImage, QRectF] | None:
        window, slab = state.window, state.slab
        background = min(0.0, window.centre - window.width)
        patch = self._once(
            "cut",
            (framing, slab, coarser),
            lambda: _plane_patch(stage, framing, background, slab, coarser),
        )
        if patch is None:
            return None
        pixels = to_gray(patch.pixels, window)
        if state.inverted:
            np.invert(pixels, out=pixels)
        height, width = pixels.shape
        kind = QImage.Format.Format_Grayscale8
        return QImage(pixels.data, width, height, width, kind).copy(), patch.area

    def _coarser(self, stage: Stage, framing: Framing, slab: Slab | None) -> int:
        """Every how many device pixels the image is cut: a turned slab costs a plane per step."""
        if slab is None or stage.cutter.lies_along(framing.plane):
            return 1
        if self.hurried:
            return MOVING
        return 2 if 2 * framing.mm_per_px <= stage.cutter.finest_mm else 1

    def _fused(self, fusion: Fusion, framing: Framing) -> tuple[QImage, QRectF] | None:
        """Cut at half the resolution: colour over gray needs no more. Black is left clear."""
        whole = (0, 0, framing.width_px - 1, framing.height_px - 1)
        low = fusion.window.centre - fusion.window.width
        patch = cut_patch(fusion.cutter, framing, whole, 2, background=low)
        gray = to_gray(patch.pixels, fusion.window)
        table = np.zeros((256, 4), np.uint8)
        table[:, :3] = colour_table(fusion.colours)
        table[1:, 3] = 255
        pixels = np.ascontiguousarray(table[gray])
        height, width = gray.shape
        kind = QImage.Format.Format_RGBA8888
        return QImage(pixels.data, width, height, 4 * width, kind).copy(), patch.area

    def _heat(self, layer: HeatLayer, framing: Framing, *, native: bool) -> Patch:
        whole = (0, 0, framing.width_px - 1, framing.height_px - 1)
        cells = layer.native if native else None
        return self._once(
            "heat",
            (framing, cells),
            lambda: (
                cut_patch(layer.cutter, framing, whole, 4)
                if cells is None
                else cut_patch(cells, framing, whole, 2, interpolation=Interpolation.NEAREST)
            ),
        )

    def _wash(self, layer: HeatLayer, framing: Framing, style: HeatStyle) -> tuple[QImage, QRectF]:
        heat = self._heat(layer, framing, native=style.native)
        colours = np.zeros((256, 4), np.uint8)
        shown = np.arange(256) >= max(1.0, style.threshold * 255.0)
        alpha = np.where(shown, style.opacity, 0.0)
        colours[:, :3] = np.round(self._table * alpha[:, None])
        colours[:, 3] = np.round(255.0 * alpha)
        pixels = np.ascontiguousarray(colours[heat.pixels])
        height, width = heat.pixels.shape
        kind = QImage.Format.Format_RGBA8888_Premultiplied
        return QImage(pixels.data, width, height, 4 * width, kind).copy(), heat.area

    def _once(self, name: str, cause: Any, make: Callable[[], T]) -> T:  # noqa: ANN401 - any key
        before = self._remembered.get(name)
        if before is not None and before[0] == cause:
            made: T = before[1]
            return made
        fresh = make()
        self._remembered[name] = (cause, fresh)
        return fresh


def _composed(framing: Framing, compose: Callable[[QPainter], None]) -> QImage:
    made = QImage(framing.width_px, framing.height_px, QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.black)
    painter = QPainter(made)
    try:
        compose(painter)
    finally:
        painter.end()
    return made


def outline_patch(outline: Outline, framing: Framing) -> Patch | None:
    """The part of the view in which a label may show, or None where the plane misses it."""
    area = _seen(outline.corners_mm, framing)
    return cut_patch(outline.cutter, framing, area, 2) if area is not None else None


def _plane_patch(
    stage: Stage, framing: Framing, background: float, slab: Slab | None, coarser: int
) -> Patch | None:
    """The part of the view the volume covers, or None where it is out of sight."""
    area = _seen(stage.corners_mm, framing)
    if area is None:
        return None
    return cut_patch(stage.cutter, framing, area, coarser, background=background, slab=slab)


def _seen(corners_mm: Sequence[Vector3], framing: Framing) -> tuple[int, int, int, int] | None:
    """The device pixels a box may cover: left, top, right, bottom; None where it covers none."""
    plane = framing.plane
    axes = np.array([plane.right, plane.down, plane.normal])
    places = (np.array(corners_mm) - np.array(plane.centre)) @ axes.T
    if places[:, 2].min() > _TOUCHING_MM or places[:, 2].max() < -_TOUCHING_MM:
        return None
    last = np.array([framing.width_px - 1, framing.height_px - 1])
    pixels = places[:, :2] / framing.mm_per_px + last / 2
    low = np.maximum(np.floor(pixels.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(pixels.max(axis=0)).astype(int) + 1, last)
    if (high <= low).any():
        return None
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def cut_patch(
    cutter: Reslicer,
    framing: Framing,
    area: tuple[int, int, int, int],
    coarser: int,
    *,
    background: float = 0.0,
    slab: Slab | None = None,
    interpolation: Interpolation = Interpolation.LINEAR,
) -> Patch:
    """Cut the device pixels from (left, top) to (right, bottom) of a view, every n-th of them."""
    left, top, right, bottom = area
    width, height = -(-(right - left) // coarser) + 1, -(-(bottom - top) // coarser) + 1
    centre = framing.to_mm(left + coarser * (width - 1) / 2, top + coarser * (height - 1) / 2)
    plane = framing.plane.through(centre)
    pixels = cutter.cut(
        plane,
        width,
        height,
        framing.mm_per_px * coarser,
        interpolation=interpolation,
        background=background,
        slab=slab,
    )
    return Patch(pixels, left, top, coarser)


def _lines(patch: Patch, level: float) -> tuple[QLineF, ...]:
    """The contour of a patch in device pixels, pixel centres on integers."""
    segments = contour_segments(patch.pixels, level) * patch.coarser
    segments += np.array([patch.left, patch.top] * 2, dtype=np.float32)
    return tuple(QLineF(*row) for row in segments.tolist())
