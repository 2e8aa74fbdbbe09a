"""The label map that is being painted, as tools and views know it. No Qt."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.canvas.framing import Framing
from viewer.geometry import labelling
from viewer.geometry.labelling import Box, Brush
from viewer.records import GeometryKind, LabelChange, Vector3, Volume

RADII_MM = (0.5, 60.0)
"""Smallest and largest brush."""

_REMEMBERED = 64


class LabelKeeper(Protocol):
    """Who stores strokes; the reading page, which journals them."""

    def put(self, change: LabelChange) -> None: ...


@dataclass(frozen=True, slots=True)
class BrushStyle:
    """What the brush is like until the reader changes it.

    ``value`` is the label it paints. ``between`` holds it to voxels with stored values in that
    range. A ``ball`` paints in all directions, else a disc on the shown plane. ``own_only`` keeps
    the brush off other labels.
    """

    radius_mm: float = 5.0
    value: int = 1
    between: tuple[float, float] | None = None
    ball: bool = False
    own_only: bool = False


@dataclass(frozen=True, slots=True)
class Hover:
    """Where the brush hangs: over which cut of which series."""

    series_uid: str
    point_mm: Vector3
    normal: Vector3
    erases: bool

    def beside(self, other: Hover | None) -> bool:
        """Whether both hang over cuts that lie the same way, so that one view shows both."""
        return other is not None and (other.series_uid, other.normal) == (
            self.series_uid,
            self.normal,
        )


class LabelSheet:
    """The labels of one series, the brush over them, and the stroke that is being made.

    A stroke shows while it is made and is handed to the keeper whole. What the keeper could not
    store it takes back by ``revert``; undo and redo come as ``revert`` and ``apply``.
    """

    def __init__(self, keeper: LabelKeeper) -> None:
        self._keeper = keeper
        self._volume: Volume | None = None
        self._labels = np.zeros((0, 0, 0), np.uint8)
        self._extent: Box | None = None
        self._listeners: list[Callable[[], None]] = []
        self._revision = 0
        self._changed: deque[Box | None] = deque(maxlen=_REMEMBERED)
        self._touched: list[NDArray[np.intp]] = []
        self._before: list[NDArray[np.uint8]] = []
        self._reach: Box = (slice(0), slice(0), slice(0))
        self.study_uid = ""
        self.series_uid = ""
        self.style = BrushStyle()
        self._hover: Hover | None = None

    @property
    def hover(self) -> Hover | None:
        """Where the brush hangs; None while it is over no cut of the series."""
        return self._hover

    def hang(self, hover: Hover | None) -> None:
        """Let the brush hang there. Listeners hear of it when it leaves a cut or comes to one."""
        before, self._hover = self._hover, hover
        if before is not hover and (hover is None or not hover.beside(before)):
            self._tell()

    @property
    def volume(self) -> Volume | None:
        """The voxels under the labels; None while nothing is open."""
        return self._volume

    @property
    def labels(self) -> NDArray[np.uint8]:
        """The label map as it stands, (slices, rows, columns); to be read, not written."""
        return self._labels

    @property
    def extent(self) -> Box | None:
        """A box outside of which nothing is painted; None where nothing is at all."""
        return self._extent

    @property
    def revision(self) -> int:
        """Counts what has been done to the labels."""
        return self._revision

    @property
    def in_stroke(self) -> bool:
        """Whether a stroke is being made."""
        return bool(self._touched)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call listener after every change of the labels or the brush."""
        self._listeners.append(listener)

    def open(
        self, study_uid: str, series_uid: str, volume: Volume, labels: NDArray[np.uint8] | None
    ) -> None:
        """Take a series to paint on; its labels are copied, None stands for an empty map."""
        if labels is not None and labels.shape != volume.voxels.shape:
            raise ValueError("a label map has the shape of its volume")
        self.study_uid, self.series_uid, self._volume = study_uid, series_uid, volume
        shape = volume.voxels.shape
        self._labels = (
            np.zeros(shape, np.uint8)
            if labels is None
            else np.array(labels, dtype=np.uint8, order="C")
        )
        self._extent = labelling.box_of(self._labels != 0) if labels is not None else None
        self._forget_stroke()
        self._note(None)

    def close(self) -> None:
        """Let the series go."""
        self.study_uid, self.series_uid, self._volume = "", "", None
        self._labels, self._extent, self._hover = np.zeros((0, 0, 0), np.uint8), None, None
        self._forget_stroke()
        self._note(None)

    def set_style(self, style: BrushStyle) -> None:
        """Change the brush; its radius is kept within bounds."""
        radius = min(max(style.radius_mm, RADII_MM[0]), RADII_MM[1])
        self.style = replace(style, radius_mm=radius)
        self._tell()

    def changed_since(self, revision: int) -> tuple[Box, ...] | None:
        """The boxes changed after that revision; None where everything may have."""
        missed = self._revision - revision
        if not 0 <= missed <= len(self._changed):
            return None
        boxes = tuple(self._changed)[len(self._changed) - missed :]
        known = tuple(box for box in boxes if box is not None)
        return known if len(known) == len(boxes) else None

    # The stroke

    def stroke(self, path_mm: Sequence[Vector3], framing: Framing, *, erase: bool = False) -> bool:
        """Paint along a path on the cut a view shows; whether anything became other."""
        if self._volume is None:
            return False
        painted = labelling.paint(
            self._labels, self._volume, path_mm, self._brush(framing, erase=erase)
        )
        if painted is None:
            return False
        corner, new = painted
        box = _box_at(corner, new.shape)
        old = self._labels[box]
        other = np.nonzero(new != old)
        if not other[0].size:
            return False
        at = tuple(part + start for part, start in zip(other, corner, strict=True))
        within = _box_at([int(part.min()) for part in at], [int(np.ptp(part)) + 1 for part in at])
        self._reach = _around(self._reach, within) if self._touched else within
        self._touched.append(np.ravel_multi_index(at, self._labels.shape))
        self._before.append(old[other])
        self._labels[box] = new
        self._note(box)
        return True

    def finish(self) -> LabelChange | None:
        """End the stroke and hand it to the keeper; None where it changed nothing."""
        change = self._made()
        self._forget_stroke()
        if change is not None:
            self._keeper.put(change)
        return change

    def cancel(self) -> None:
        """Take back the stroke that is being made."""
        change = self._made()
        self._forget_stroke()
        if change is not None:
            self.revert(change)

    # Whole changes

    def apply(self, change: LabelChange) -> None:
        """Show a change made elsewhere, or made again."""
        labelling.apply(self._labels, change)
        self._note(_box_at(change.corner, change.after.shape))

    def revert(self, change: LabelChange) -> None:
        """Show the labels as before a change."""
        labelling.revert(self._labels, change)
        self._note(_box_at(change.corner, change.before.shape))

    def fill_between(self, axis: int) -> LabelChange | None:
        """Fill in the label between slices painted across an axis (0 slices, 1 rows, 2 columns).

        Hands the change to the keeper; None where there was nothing to fill.
        """
        if self._volume is None:
            return None
        spacing, value = self._volume.spacing_mm, self.style.value
        filled = labelling.between_slices(self._labels, value, axis, spacing)
        change = labelling.change_of(self._labels, filled, self.study_uid, self.series_uid)
        if change is not None:
            self.apply(change)
            self._keeper.put(change)
        return change

    def volume_ml(self, value: int) -> float | None:
        """Millilitres of a label; None where no millimetre is known."""
        if self._volume is None or self._volume.geometry.kind is GeometryKind.UNKNOWN:
            return None
        if self._extent is None:
            return 0.0
        return labelling.volume_ml(self._labels[self._extent], value, self._volume.affine)

    def _brush(self, framing: Framing, *, erase: bool) -> Brush:
        style = self.style
        only = None
        if style.own_only:
            only = style.value if erase else 0
        return Brush(
            radius_mm=style.radius_mm,
            value=0 if erase else style.value,
            only=only,
            between=style.between,
            normal=None if style.ball else framing.plane.normal,
        )

    def _made(self) -> LabelChange | None:
        """What the stroke has changed so far, as one box."""
        if not self._touched:
            return None
        box = self._reach
        after = self._labels[box].copy()
        first = np.ravel_multi_index(tuple(part.start for part in box), self._labels.shape)
        old = after.copy()
        # Backwards: of a voxel painted twice (erased, then painted) the first value counts.
        for touched, before in zip(reversed(self._touched), reversed(self._before), strict=True):
            old[np.unravel_index(touched - first, self._labels.shape)] = before
        if not (old != after).any():
            return None
        corner = (box[0].start, box[1].start, box[2].start)
        return LabelChange(str(uuid.uuid4()), self.study_uid, self.series_uid, corner, old, after)

    def _forget_stroke(self) -> None:
        self._touched, self._before = [], []

    def _note(self, box: Box | None) -> None:
        self._revision += 1
        self._changed.append(box)
        if box is not None:
            self._extent = box if self._extent is None else _around(self._extent, box)
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _box_at(corner: Sequence[int], shape: Sequence[int]) -> Box:
    k, j, i = (slice(at, at + size) for at, size in zip(corner, shape, strict=True))
    return k, j, i


def _around(one: Box, other: Box) -> Box:
    k, j, i = (
        slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in zip(one, other, strict=True)
    )
    return k, j, i
