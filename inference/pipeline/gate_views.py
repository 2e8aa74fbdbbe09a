"""Cautions about how the pictures lie and how much of the head they cover."""

from __future__ import annotations

import numpy as np

from inference.models.gate_card import Limits
from inference.pipeline.prepare import plane_of
from inference.pipeline.seen import Seen
from viewer.records import Volume

_THIN_MM = 90.0
_TURNED = {
    1: "a quarter turn counter-clockwise",
    2: "half a turn",
    3: "a quarter turn clockwise",
}
_NO_SIDE = "left and right are not named"


def view_cautions(volume: Volume, seen: Seen, limits: Limits) -> tuple[tuple[str, ...], bool]:
    """Return cautions about orientation, and whether the side of a finding can be known."""
    cautions = []
    if seen.turn and seen.turns[seen.turn] >= limits.turned:
        cautions.append(
            f"The pictures stand {_TURNED[seen.turn]} away from what the file says: {_NO_SIDE}."
        )
    plane, _ = plane_of(volume.affine)
    if seen.plane != plane and seen.planes[seen.plane] >= limits.turned:
        cautions.append(f"The pictures look {seen.plane} where the file says {plane}: {_NO_SIDE}.")
    elif plane == "sagittal" and seen.mirrored >= limits.turned:
        cautions.append(f"The face looks the other way than the file says: {_NO_SIDE}.")
    if placeholder_grid(volume):
        cautions.append(
            "The file's grid looks like a placeholder (1 x 1 x 1 mm, no orientation): "
            f"sizes may be wrong and {_NO_SIDE}."
        )
    return tuple(cautions), not cautions


def coverage_cautions(scores: dict[str, float]) -> tuple[str, ...]:
    """Return a caution where the slices cover only part of a head or fill their field of view."""
    cautions = []
    covered = scores["covered_mm"]
    if covered < _THIN_MM:
        cautions.append(
            f"The series covers only {covered:.0f} mm of the head; sizes follow the file's slice "
            "distance."
        )
    if scores["corners"] > 0.5 or scores["foreground"] > 0.92:
        cautions.append("The head fills the field of view: parts of it may lie outside.")
    return tuple(cautions)


def placeholder_grid(volume: Volume) -> bool:
    """Return whether the grid is what writers put where they know none: 1 mm, axes and origin 0."""
    axes = np.abs(volume.affine[:3, :3])
    plain = np.allclose(axes, np.eye(3), atol=1e-6)
    thin = len(volume.voxels) * volume.spacing_mm[2] < _THIN_MM
    return plain and thin and bool(np.allclose(volume.affine[:3, 3], 0.0))
