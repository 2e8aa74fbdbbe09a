"""A finished label map over a view: washed, with the edges of its structures. Read, not painted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from viewer.canvas.framing import Framing
from viewer.geometry.reslice import Interpolation, Reslicer
from viewer.records import Vector3, Volume

Rgb = tuple[int, int, int]
_KEPT = 12
_FAINT = 0.3
_FAINT_EDGE = 0.55


class StructureLayer:
    """Draws a label map on every view of its series, voxel by voxel, nothing smoothed.

    Parameters
    ----------
    colours
        By label value; labels without one are not drawn.
    faint
        Values that fill most of the picture, and are drawn more lightly.
    """

    def __init__(self, colours: Mapping[int, Rgb], faint: frozenset[int] = frozenset()) -> None:
        self._colours, self._faint = colours, faint
        self._series_uid = ""
        self._volume: Volume | None = None
        self._cutter: Reslicer | None = None
        self._drawn: frozenset[int] = frozenset(colours)
        self._opacity, self._selected = 0.35, frozenset[int]()
        self._pictures: OrderedDict[Framing, NDArray[np.uint32]] = OrderedDict()
        self._colour()

    def show(
        self,
        series_uid: str,
        labels: NDArray[np.uint8],
        volume: Volume,
        hidden: frozenset[int] = frozenset(),
    ) -> None:
        """Draw labels (slices, rows, columns) on the grid of ``volume``, some of them not."""
        self._series_uid = series_uid
        self._volume = Volume(labels, volume.affine, volume.geometry)
        self._cutter = Reslicer(labels, volume.affine)
        self._drawn = frozenset(self._colours) - hidden
        self._selected = frozenset()
        self._colour()

    def clear(self) -> None:
        """Draw nothing."""
        self._series_uid, self._volume, self._cutter = "", None, None
        self._pictures.clear()

    def set_opacity(self, opacity: float) -> None:
        """How strongly structures are filled, 0 to 1; their edges always show."""
        self._opacity = min(max(opacity, 0.0), 1.0)
        self._colour()

    def select(self, values: frozenset[int]) -> None:
        """Fill these more strongly than the others; none for no choice."""
        self._selected = values
        self._colour()

    def value_at(self, point_mm: Vector3) -> int:
        """Return the label drawn at a point, LPS+ mm; 0 where there is none."""
        if self._volume is None:
            return 0
        voxels = self._volume.voxels
        index = [round(value) for value in reversed(self._volume.to_index(point_mm))]
        if any(not 0 <= at < size for at, size in zip(index, voxels.shape, strict=True)):
            return 0
        value = int(voxels[index[0], index[1], index[2]])
        return value if value in self._drawn else 0

    def middle_of(self, value: int) -> Vector3 | None:
        """Return the voxel of a structure nearest to its centroid, LPS+ mm; None without one."""
        if self._volume is None:
            return None
        where = np.argwhere(self._volume.voxels == value)
        if not len(where):
            return None
        away = where - where.mean(axis=0)
        k, j, i = where[int(np.einsum("ij,ij->i", away, away).argmin())]
        return self._volume.to_mm((float(i), float(j), float(k)))

    def paint(self, painter: QPainter, series_uid: str, framing: Framing, ratio: float) -> None:  # noqa: ARG002 - as all layers
        """Draw in device pixels."""
        if self._cutter is None or series_uid != self._series_uid:
            return
        picture = self._pictures.pop(framing, None)
        if picture is None:
            picture = self._picture(framing, self._cutter)
        self._pictures[framing] = picture
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        height, width = picture.shape
        kind = QImage.Format.Format_RGBA8888_Premultiplied
        painter.drawImage(QPointF(-0.5, -0.5), QImage(picture.data, width, height, 4 * width, kind))

    def _picture(self, framing: Framing, cutter: Reslicer) -> NDArray[np.uint32]:
        width, height = framing.width_px, framing.height_px
        centre = framing.to_mm((width - 1) / 2, (height - 1) / 2)
        plane = framing.plane.through(centre)
        way = Interpolation.NEAREST
        cut = cutter.cut(plane, width, height, framing.mm_per_px, interpolation=way)
        values = np.asarray(cut, dtype=np.uint8)
        drawn = np.where(_edges(values), self._edge[values], self._fill[values])
        return np.ascontiguousarray(drawn)

    def _colour(self) -> None:
        self._fill = self._table(lambda faint: self._opacity * (_FAINT if faint else 1.0))
        self._edge = self._table(lambda faint: _FAINT_EDGE if faint else 1.0)
        for value in self._selected & self._drawn:
            shade = max(self._opacity, 0.5)
            self._fill[value] = _packed(self._colours[value], shade)
            self._edge[value] = _packed(self._colours[value], 1.0)
        self._pictures.clear()

    def _table(self, strength: Callable[[bool], float]) -> NDArray[np.uint32]:
        """256 premultiplied RGBA colours, four bytes in one number; what is not drawn is clear."""
        table = np.zeros(256, np.uint32)
        for value in self._drawn:
            table[value] = _packed(self._colours[value], strength(value in self._faint))
        return table


def _packed(colour: Rgb, opacity: float) -> np.uint32:
    bytes_ = np.array([*(round(part * opacity) for part in colour), round(255 * opacity)], np.uint8)
    return np.uint32(bytes_.view(np.uint32)[0])


def _edges(values: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Pixels of a structure whose right or lower, or upper or left, neighbour is another one."""
    edge = np.zeros(values.shape, bool)
    across, along = values[:, 1:] != values[:, :-1], values[1:] != values[:-1]
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    edge[1:] |= along
    edge[:-1] |= along
    return edge
