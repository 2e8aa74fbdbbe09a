"""The words in the corners of a view. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from viewer.canvas.fusion import Fusion
from viewer.canvas.poses import Pose
from viewer.canvas.stage import HeatLayer, Stage, nearest_kind, tilt_degrees
from viewer.canvas.state import HeatStyle, ViewState
from viewer.geometry.planes import Plane, PlaneKind, orientation_letters
from viewer.records import Geometry, GeometryKind

_HEAT_CAPTION = "attention, not the lesion's outline"
OBLIQUE_FROM_DEGREES = 0.5


@dataclass(frozen=True, slots=True)
class Caption:
    """Whose images these are: two lines for the patient, two for the series, perhaps a note."""

    patient: tuple[str, ...] = ()
    series: tuple[str, ...] = ()

    def noted(self, words: str) -> Caption:
        """The same with this note below the lines of the series, in place of an earlier one."""
        return replace(self, series=(*self.series[:2], *([words] if words else ())))


def position_lines(stage: Stage, kind: PlaneKind, state: ViewState) -> tuple[str, ...]:
    """Name of the plane, slice, and where it lies in mm if that is known."""
    number, count = stage.slice_of(kind, state.cursor_mm, state)
    if not stage.measured:
        return ("As stored", f"Slice {number} of {count}")
    plane, extent = stage.plane_of(kind, state)
    near = nearest_kind(plane) if kind is PlaneKind.NATIVE else kind
    tilt = tilt_degrees(plane, near)
    oblique = f", {tilt:.0f}° oblique" if tilt >= OBLIQUE_FROM_DEGREES else ""
    acquired = ", as acquired" if kind is PlaneKind.NATIVE else ""
    place = float(np.dot(plane.normal, state.cursor_mm))
    beyond = max(extent.first_mm - place, place - extent.last_mm) > extent.step_mm / 2 + 1e-6
    which = "Outside the images" if beyond else f"Slice {number} of {count}"
    return (
        f"{near.value.capitalize()}{acquired}{oblique}",
        f"{which}   {_named(plane.normal, place)}",
    )


def look_lines(state: ViewState, pose: Pose) -> tuple[str, ...]:
    """What is unusual about the picture: slab, inversion, flips and turns."""
    words = []
    if state.slab is not None:
        words.append(state.slab.words())
    if state.inverted:
        words.append("inverted")
    if pose.mirrored:
        words.append("mirrored")
    if pose.upside_down:
        words.append("upside down")
    if pose.quarter_turns % 4:
        words.append(f"turned {90 * (pose.quarter_turns % 4)}°")
    return (" · ".join(words),) if words else ()


def side_warning(stage: Stage, plane: Plane, state: ViewState) -> str:
    """The warning that left and right are not where a radiologist looks for them, or nothing.

    Read off the plane as it stands on the screen, flips and turns included.
    """
    if not stage.measured:
        return ""
    faces = orientation_letters(plane).left[:1]
    if faces == "L":
        return "Left on the left" + (" (neurological)" if state.neurological else ": mirrored")
    if faces == "R" and state.neurological:
        return "Neurological, mirrored: right on the left"
    return ""


def heat_caption(layer: HeatLayer, style: HeatStyle) -> str:
    """What the heat map is, what 1 means on its scale, and how coarse its cells are."""
    words = [_HEAT_CAPTION, "1\u00a0=\u00a0strongest"]
    if style.native and layer.native is not None:
        words.append(f"cells of {layer.cell_mm:.1f}\u00a0mm")
    return "; ".join(words)


def fused_lines(fusion: Fusion | None) -> tuple[str, ...]:
    """What is laid over the picture, and how strongly."""
    if fusion is None or not fusion.opacity:
        return ()
    return (f"over it {fusion.opacity:.0%}: {fusion.name or 'another series'}",)


def window_lines(stage: Stage, state: ViewState, mm_per_px: float) -> tuple[str, ...]:
    """Window, zoom (screen pixels per voxel column) and the geometry badge."""
    window = state.window
    voxel_px = stage.volume.spacing_mm[0] / mm_per_px
    return (
        f"W {window.width:.0f}   L {window.centre:.0f}",
        f"zoom {voxel_px:.1f}x",
        geometry_badge(stage.volume.geometry),
    )


def geometry_badge(geometry: Geometry) -> str:
    """What the slice-corner gate found, in a few words."""
    if geometry.kind is GeometryKind.UNKNOWN:
        return "geometry unknown: no mm"
    if geometry.kind is GeometryKind.REGULARISED:
        return f"regularised, max corner error {geometry.max_corner_error_mm:.3f} mm"
    if geometry.note and geometry.max_corner_error_mm == 0.0:
        return geometry.note
    return f"max corner error {geometry.max_corner_error_mm:.3f} mm"


def scale_bar_mm(mm_per_px: float, room_px: float) -> int:
    """The longest round length in mm that fits the room; 0 if none does."""
    return max((mm for mm in (5, 10, 20, 50, 100) if mm / mm_per_px <= room_px), default=0)


def _named(normal: tuple[float, float, float], place_mm: float) -> str:
    """A position along a normal, e.g. ``H 23.4 mm``: towards the head of the origin."""
    axis = max(range(3), key=lambda one: abs(normal[one]))
    toward = place_mm if normal[axis] > 0 else -place_mm
    letter = ("RL", "AP", "FH")[axis][toward >= 0]
    return f"{letter} {abs(toward):.1f} mm"
