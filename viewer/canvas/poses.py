"""How the views of one series stand: zoomed, panned, flipped and turned, their planes tilted.

No Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.planes import PlaneKind, rotation_about
from viewer.records import Vector3

ZOOM_LIMITS = (0.2, 20.0)


@dataclass(frozen=True, slots=True)
class Pose:
    """How one view is zoomed, panned and turned.

    ``zoom`` 1 fits the volume into the view; ``pan_mm`` is the shift of the image to the right and
    down, in mm of the plane. The picture is mirrored, put upside down, then turned clockwise by
    quarter turns.
    """

    zoom: float = 1.0
    pan_mm: tuple[float, float] = (0.0, 0.0)
    quarter_turns: int = 0
    mirrored: bool = False
    upside_down: bool = False

    @property
    def turned(self) -> bool:
        """Whether the picture stands other than usual."""
        return bool(self.quarter_turns % 4) or self.mirrored or self.upside_down


class Poses:
    """One pose per view by its name, one tilt per plane; tells its listeners of every change."""

    def __init__(self) -> None:
        self._poses: dict[str, Pose] = {}
        self._tilts: dict[PlaneKind, NDArray[np.float64]] = {}
        self._neurological = False
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call listener after every change; return its unsubscriber."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @property
    def neurological(self) -> bool:
        """Whether the patient's right is on the reader's right, against the usual."""
        return self._neurological

    def tilt(self, kind: PlaneKind) -> NDArray[np.float64] | None:
        """How that plane is turned from its place on the grid (3x3), None where it is not."""
        return self._tilts.get(kind)

    @property
    def tilted(self) -> bool:
        """Whether any plane is turned."""
        return bool(self._tilts)

    def pose(self, view: str) -> Pose:
        """Zoom and pan of the view of that name."""
        return self._poses.get(view, Pose())

    def zoom(self, view: str, factor: float, anchor_mm: tuple[float, float] = (0.0, 0.0)) -> None:
        """Zoom one view about a point given in mm right and down of the view's middle."""
        pose = self.pose(view)
        zoom = min(max(pose.zoom * factor, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
        # The point under the pointer stays: its distance from the middle shrinks as the scale.
        shrink = pose.zoom / zoom
        pan = (
            pose.pan_mm[0] - anchor_mm[0] * (1.0 - shrink),
            pose.pan_mm[1] - anchor_mm[1] * (1.0 - shrink),
        )
        self._poses[view] = replace(pose, zoom=zoom, pan_mm=pan)
        self._tell()

    def pan(self, view: str, right_mm: float, down_mm: float) -> None:
        """Shift the image of one view."""
        pose = self.pose(view)
        shifted = (pose.pan_mm[0] + right_mm, pose.pan_mm[1] + down_mm)
        self._poses[view] = replace(pose, pan_mm=shifted)
        self._tell()

    def pose_like(self, other: Poses) -> None:
        """Take over how the views and planes of another volume of the same series stand."""
        self._poses, self._tilts = dict(other._poses), dict(other._tilts)
        self._neurological = other.neurological
        self._tell()

    def turn(self, view: str, quarter_turns: int) -> None:
        """Turn the picture of one view clockwise by quarter turns, about its middle."""
        pose = self.pose(view)
        pan = pose.pan_mm
        for _ in range(quarter_turns % 4):
            pan = (-pan[1], pan[0])
        turns = (pose.quarter_turns + quarter_turns) % 4
        self._poses[view] = replace(pose, quarter_turns=turns, pan_mm=pan)
        self._tell()

    def flip(self, view: str, *, sideways: bool) -> None:
        """Mirror the picture of one view as it stands, left for right or top for bottom."""
        pose = self.pose(view)
        along_columns = sideways == (pose.quarter_turns % 2 == 0)
        right, down = pose.pan_mm
        self._poses[view] = replace(
            pose,
            pan_mm=(-right, down) if sideways else (right, -down),
            mirrored=pose.mirrored != along_columns,
            upside_down=pose.upside_down == along_columns,
        )
        self._tell()

    def tilt_planes(self, kinds: Iterable[PlaneKind], axis: Vector3, radians: float) -> None:
        """Turn these planes about an axis through the cursor (unit vector, right-handed)."""
        rotation = rotation_about(axis, radians)
        for kind in kinds:
            self._tilts[kind] = rotation @ self._tilts.get(kind, np.eye(3))
        self._tell()

    def straighten(self) -> None:
        """Put every plane back onto the grid."""
        self._tilts.clear()
        self._tell()

    def set_neurological(self, *, neurological: bool) -> None:
        """Put the patient's right on the reader's right, or back on the left; unpans all views."""
        if neurological != self._neurological:
            self._neurological = neurological
            self._poses = {
                view: replace(pose, pan_mm=(0.0, 0.0)) for view, pose in self._poses.items()
            }
            self._tell()

    def _stand_up(self) -> None:
        """Fit every view, take the grid's own planes; without a word to the listeners."""
        self._poses.clear()
        self._tilts.clear()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
