"""The label map that is being painted, over a view: filled, with its edge, and the brush.

A picture is kept per cut. After a stroke's step only the part of it is made again over which the
changed voxels lie, so that the brush follows the hand whatever the size of the volume.
"""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from viewer.canvas import colours
from viewer.canvas.framing import Framing
from viewer.canvas.label_sheet import LabelSheet
from viewer.geometry.labelling import Box
from viewer.geometry.reslice import Interpolation, Reslicer
from viewer.records import Volume

_MOST_PIXELS = 8_000_000
_TOUCHING_MM = 1e-3
_SAME_WAY = 1e-4

Area = tuple[int, int, int, int]
"""Pixels of a picture: left, top, right, bottom, the last two included."""


@dataclass(slots=True, eq=False)
class _Picture:
    """The labels of one cut: their values, their colours, and at which revision of the sheet.

    ``framing`` is the view's at ``coarser`` device pixels; ``area`` is where in it they lie.
    """

    framing: Framing
    coarser: int
    area: Area
    values: NDArray[np.uint8]
    pixels: NDArray[np.uint32]
    revision: int


class LabelLayer:
    """Draws the sheet's labels on every view of its series, voxel by voxel, nothing smoothed.

    ``remade_pixels`` counts the pixels cut so far: what following a stroke costs.
    """

    def __init__(self, sheet: LabelSheet, opacity: float = 0.35) -> None:
        self._sheet = sheet
        self._cutter: Reslicer | None = None
        self._pictures: OrderedDict[tuple[Framing, int], _Picture] = OrderedDict()
        self.remade_pixels = 0
        self.set_opacity(opacity)

    def set_opacity(self, opacity: float) -> None:
        """How strongly the labels are filled, 0 to 1; their edges always show."""
        self._opacity = min(max(opacity, 0.0), 1.0)
        self._fill = _colour_table(self._opacity)
        self._edge = _colour_table(1.0)
        self._pictures.clear()

    def paint(self, painter: QPainter, series_uid: str, framing: Framing, ratio: float) -> None:
        """Draw in device pixels."""
        if self._sheet.volume is None:
            self._cutter = None
            self._pictures.clear()
            return
        if series_uid != self._sheet.series_uid:
            return
        picture = self._picture(framing, max(1, round(ratio)))
        if picture is not None:
            height, width = picture.pixels.shape
            kind = QImage.Format.Format_RGBA8888_Premultiplied
            image = QImage(picture.pixels.data, width, height, 4 * width, kind)
            left, top, step = picture.area[0], picture.area[1], picture.coarser
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
            painter.drawImage(
                QRectF(left * step - 0.5, top * step - 0.5, width * step, height * step), image
            )
        self._paint_brush(painter, framing, ratio)

    def _picture(self, framing: Framing, coarser: int) -> _Picture | None:
        """The picture of a cut, brought up to date; None where nothing is painted in sight."""
        volume, extent = self._sheet.volume, self._sheet.extent
        if volume is None or extent is None:
            return None
        coarse = _coarse(framing, coarser)
        seen = _area_of(extent, volume, coarse)
        if seen is None:
            return None
        kept = self._pictures.pop((framing, coarser), None)
        boxes = None if kept is None else self._sheet.changed_since(kept.revision)
        if kept is None or boxes is None or not _holds(kept.area, seen):
            kept = self._fresh(coarse, coarser, seen)
        else:
            for box in boxes:
                part = _area_of(box, volume, coarse)
                if part is not None:
                    self._renew(kept, _grown(part, kept.area))
            kept.revision = self._sheet.revision
        self._pictures[framing, coarser] = kept
        self._make_room()
        return kept

    def _fresh(self, coarse: Framing, coarser: int, seen: Area) -> _Picture:
        """A picture with some room around what is painted, so that a stroke may run on."""
        margin = max(coarse.width_px, coarse.height_px) // 8
        area = (
            max(seen[0] - margin, 0),
            max(seen[1] - margin, 0),
            min(seen[2] + margin, coarse.width_px - 1),
            min(seen[3] + margin, coarse.height_px - 1),
        )
        shape = area[3] - area[1] + 1, area[2] - area[0] + 1
        picture = _Picture(
            coarse,
            coarser,
            area,
            np.zeros(shape, np.uint8),
            np.zeros(shape, np.uint32),
            self._sheet.revision,
        )
        self._renew(picture, area)
        return picture

    def _renew(self, picture: _Picture, part: Area) -> None:
        """Cut a part of a picture again, and colour it and the pixels beside it."""
        rows, columns = _within(part, picture.area)
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return
        picture.values[rows, columns] = self._cut(picture, rows, columns)
        height, width = picture.values.shape
        around = (
            slice(max(rows.start - 2, 0), min(rows.stop + 2, height)),
            slice(max(columns.start - 2, 0), min(columns.stop + 2, width)),
        )
        values = picture.values[around]
        coloured = np.where(_edges(values), self._edge[values], self._fill[values])
        # The outermost ring lacks its neighbours, unless the picture ends there.
        inner = tuple(
            slice(one.start + (1 if one.start > 0 else 0), one.stop - (1 if one.stop < size else 0))
            for one, size in zip(around, (height, width), strict=True)
        )
        picture.pixels[inner] = coloured[
            tuple(
                slice(one.start - out.start, one.stop - out.start)
                for one, out in zip(inner, around, strict=True)
            )
        ]
        self.remade_pixels += (rows.stop - rows.start) * (columns.stop - columns.start)

    def _cut(self, picture: _Picture, rows: slice, columns: slice) -> NDArray[np.uint8]:
        """The label under each pixel: that of the nearest voxel."""
        framing, (left, top, _, _) = picture.framing, picture.area
        width, height = columns.stop - columns.start, rows.stop - rows.start
        centre = framing.to_mm(
            left + columns.start + (width - 1) / 2, top + rows.start + (height - 1) / 2
        )
        return np.asarray(
            self._cutter_now().cut(
                framing.plane.through(centre),
                width,
                height,
                framing.mm_per_px,
                interpolation=Interpolation.NEAREST,
            ),
            dtype=np.uint8,
        )

    def _cutter_now(self) -> Reslicer:
        """The cutter over the sheet's own array: what is painted there is cut at once."""
        labels, volume = self._sheet.labels, self._sheet.volume
        if volume is None:
            raise RuntimeError("no label map is open")
        if self._cutter is None or self._cutter.voxels is not labels:
            self._cutter = Reslicer(labels, volume.affine)
            self._pictures.clear()
        return self._cutter

    def _make_room(self) -> None:
        """Let the pictures go that were not shown for longest."""
        held = sum(one.values.size for one in self._pictures.values())
        while held > _MOST_PIXELS and len(self._pictures) > 1:
            held -= self._pictures.popitem(last=False)[1].values.size

    def _paint_brush(self, painter: QPainter, framing: Framing, ratio: float) -> None:
        """The brush's edge, on the cuts that lie as the one it hangs over; a ball's cut on all."""
        hover, volume = self._sheet.hover, self._sheet.volume
        if hover is None or volume is None:
            return
        depth = framing.plane.to_screen(hover.point_mm)[2]
        radius = self._sheet.style.radius_mm
        if self._sheet.style.ball:
            radius = math.sqrt(max(radius**2 - depth**2, 0.0))
        else:
            straight = abs(float(np.dot(hover.normal, framing.plane.normal)))
            half = 0.5 * float(np.abs(volume.affine[:3, :3].T @ np.array(hover.normal)).max())
            if straight < 1.0 - _SAME_WAY or abs(depth) > half:
                return
        reach = radius / framing.mm_per_px
        if reach <= 0.0:
            return
        x, y = framing.to_px(hover.point_mm)
        colour = colours.WARNING if hover.erases else _colour_of(self._sheet.style.value)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, wide in ((QColor(*colours.SHADOW, 170), 3.0), (QColor(*colour), 1.4)):
            painter.setPen(QPen(shade, wide * ratio))
            painter.drawEllipse(QPointF(x, y), reach, reach)


def _colour_of(value: int) -> tuple[int, int, int]:
    return colours.LABELS[(value - 1) % len(colours.LABELS)]


def _colour_table(opacity: float) -> NDArray[np.uint32]:
    """256 premultiplied RGBA colours, four bytes in one number; label 0 is clear."""
    table = np.zeros((256, 4), np.uint8)
    for value in range(1, 256):
        table[value, :3] = np.round(np.array(_colour_of(value)) * opacity)
        table[value, 3] = round(255 * opacity)
    return np.asarray(table.view(np.uint32)[:, 0])


def _coarse(framing: Framing, coarser: int) -> Framing:
    """The same view in pixels ``coarser`` times as large; the first one's middle stays put."""
    if coarser == 1:
        return framing
    width, height = -(-framing.width_px // coarser), -(-framing.height_px // coarser)
    middle = (coarser - 1) / 2
    centre = framing.to_mm(middle + coarser * (width - 1) / 2, middle + coarser * (height - 1) / 2)
    return Framing(framing.plane.through(centre), width, height, framing.mm_per_px * coarser)


def _area_of(box: Box, volume: Volume, framing: Framing) -> Area | None:
    """The pixels voxels of a box may cover; None where the cut misses them or none is in sight."""
    ends = [(part.start - 0.5, part.stop - 0.5) for part in reversed(box)]
    corners = np.array([volume.to_mm((i, j, k)) for i, j, k in itertools.product(*ends)])
    plane = framing.plane
    axes = np.array([plane.right, plane.down, plane.normal])
    places = (corners - np.array(plane.centre)) @ axes.T
    if places[:, 2].min() > _TOUCHING_MM or places[:, 2].max() < -_TOUCHING_MM:
        return None
    last = np.array([framing.width_px - 1, framing.height_px - 1])
    pixels = places[:, :2] / framing.mm_per_px + last / 2
    low = np.maximum(np.floor(pixels.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(pixels.max(axis=0)).astype(int), last)
    if (high < low).any():
        return None
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _holds(area: Area, part: Area) -> bool:
    return area[0] <= part[0] and area[1] <= part[1] and area[2] >= part[2] and area[3] >= part[3]


def _grown(part: Area, area: Area) -> Area:
    """One pixel more on each side, within the picture."""
    return (
        max(part[0] - 1, area[0]),
        max(part[1] - 1, area[1]),
        min(part[2] + 1, area[2]),
        min(part[3] + 1, area[3]),
    )


def _within(part: Area, area: Area) -> tuple[slice, slice]:
    """Rows and columns of a picture's arrays."""
    return (
        slice(part[1] - area[1], part[3] - area[1] + 1),
        slice(part[0] - area[0], part[2] - area[0] + 1),
    )


def _edges(values: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Painted pixels with another label above, below or beside them."""
    edge = np.zeros(values.shape, bool)
    across = values[:, 1:] != values[:, :-1]
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    along = values[1:] != values[:-1]
    edge[1:] |= along
    edge[:-1] |= along
    return np.asarray(edge & (values != 0))
