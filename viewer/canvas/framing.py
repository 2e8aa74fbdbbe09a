"""Where the pixels of a view lie in the patient. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.canvas.stage import Stage
from viewer.canvas.state import ViewState
from viewer.geometry.planes import ORTHOGONAL, Plane, PlaneKind
from viewer.records import Vector3

MARGIN = 1.04
HANDLE_SHARE = 0.36
"""How far the rings that turn planes lie from the cursor, as a share of the smaller side."""

_PARALLEL = 0.2
_SIDED = (PlaneKind.AXIAL, PlaneKind.CORONAL)


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
    stage: Stage,
    kind: PlaneKind,
    state: ViewState,
    width_px: int,
    height_px: int,
    name: str = "",
) -> Framing:
    """How the view of that plane stands now: through the cursor, turned, zoomed and panned.

    ``name`` is the view whose pose counts; by default that of the plane.
    """
    pose = state.pose(name or kind.value)
    plane, _ = stage.plane_of(kind, state)
    # Rounded to the nanometre, so that scrolling one plane leaves the pictures of others valid.
    plane = plane.at(round(float(np.dot(plane.normal, state.cursor_mm)), 6))
    wide, high = stage.spans_mm[kind]
    if pose.quarter_turns % 2:
        wide, high = high, wide
    neurological = state.neurological and stage.measured and mirrors(plane, kind)
    mirrored = pose.mirrored != neurological
    plane = plane.posed(pose.quarter_turns, mirrored=mirrored, upside_down=pose.upside_down)
    mm_per_px = max(wide / width_px, high / height_px) * MARGIN / pose.zoom
    centred = plane.through(plane.to_mm(-pose.pan_mm[0], -pose.pan_mm[1]))
    return Framing(centred, width_px, height_px, mm_per_px)


def mirrors(plane: Plane, kind: PlaneKind) -> bool:
    """Whether a plane is mirrored to bring the patient's left to the reader's left.

    Axial and coronal planes are, sagittal ones never. Slices as acquired are where left and right
    lie beside one another, unless they were stored that way already.
    """
    if kind is not PlaneKind.NATIVE:
        return kind in _SIDED
    beside = abs(plane.right[0]) > max(abs(plane.down[0]), abs(plane.normal[0]))
    return beside and plane.right[0] > 0


def crossing_lines(
    stage: Stage, kind: PlaneKind, state: ViewState, framing: Framing
) -> tuple[tuple[PlaneKind, float, float], ...]:
    """The planes that cut a view's plane, and the direction of each line on the screen.

    The lines run through the cursor; the direction is a unit vector (right, down). A plane that
    lies nearly in the view's own is left out.
    """
    here = np.array(framing.plane.normal)
    lines = []
    for other in ORTHOGONAL:
        if other is kind or other not in stage.planes:
            continue
        along = np.cross(here, np.array(stage.plane_of(other, state)[0].normal))
        if (length := float(np.linalg.norm(along))) < _PARALLEL:
            continue
        along /= length
        right = float(along @ np.array(framing.plane.right))
        down = float(along @ np.array(framing.plane.down))
        lines.append((other, right, down))
    return tuple(lines)
