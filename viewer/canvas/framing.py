"""Where the pixels of a view lie in the patient. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.canvas.stage import Stage
from viewer.canvas.state import ViewState
from viewer.geometry.planes import Plane, PlaneKind
from viewer.records import Vector3

MARGIN = 1.04


@dataclass(frozen=True, slots=True)
class Framing:
    """A plane and the scale at which a view shows it; sizes in device pixels."""

    plane: Plane
    width_px: int
    height_px: int
    mm_per_px: float

    def to_mm(self, x_px: float, y_px: float) -> Vector3:
        """LPS+ mm under a device pixel."""
        right, down = self.offset_mm(x_px, y_px)
        return self.plane.to_mm(right, down)

    def offset_mm(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Distance in mm of a device pixel to the right and down of the middle."""
        return (
            (x_px - (self.width_px - 1) / 2) * self.mm_per_px,
            (y_px - (self.height_px - 1) / 2) * self.mm_per_px,
        )

    def to_px(self, point_mm: Vector3) -> tuple[float, float]:
        """Device pixel of a point, projected onto the plane."""
        right, down, _ = self.plane.to_screen(point_mm)
        return (
            right / self.mm_per_px + (self.width_px - 1) / 2,
            down / self.mm_per_px + (self.height_px - 1) / 2,
        )


def frame_view(
    stage: Stage, kind: PlaneKind, state: ViewState, width_px: int, height_px: int
) -> Framing:
    """How the view of that plane stands now: through the cursor, zoomed and panned."""
    pose = state.pose(kind.value)
    plane = stage.planes[kind]
    # Rounded to the nanometre, so that scrolling one plane leaves the pictures of others valid.
    plane = plane.at(round(float(np.dot(plane.normal, state.cursor_mm)), 6))
    wide, high = stage.spans_mm[kind]
    mm_per_px = max(wide / width_px, high / height_px) * MARGIN / pose.zoom
    centred = plane.through(plane.to_mm(-pose.pan_mm[0], -pose.pan_mm[1]))
    return Framing(centred, width_px, height_px, mm_per_px)
