"""What the 3-D view and its rendering process say to each other; plain data only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.canvas.volume_presets import FIRST
from viewer.records import Vector3

LONGEST_SIDE = 256
WHOLE = (0.0, 1.0, 0.0, 1.0, 0.0, 1.0)
LOOKS: Mapping[str, tuple[float, float]] = {
    "A": (0.0, 0.0),
    "P": (180.0, 0.0),
    "L": (90.0, 0.0),
    "R": (270.0, 0.0),
    "H": (0.0, 89.0),
    "F": (0.0, -89.0),
}
"""Azimuth and elevation of the eye that looks at the patient from each side."""


@dataclass(frozen=True, slots=True)
class Pose3D:
    """From where to look. Angles in degrees; (0, 0) looks at the face with the head up.

    ``azimuth`` turns the eye to the patient's left, ``elevation`` lifts it to the vertex.
    ``preset`` is a name of viewer.canvas.volume_presets. ``kept`` are the shares of the grid that
    stay, lowest and highest along columns, rows and slices. ``cut_mm`` (LPS+) takes away
    everything between that point and the eye.
    """

    width_px: int
    height_px: int
    azimuth: float = 0.0
    elevation: float = 0.0
    zoom: float = 1.0
    coarse: bool = False
    preset: str = FIRST
    kept: tuple[float, float, float, float, float, float] = WHOLE
    cut_mm: Vector3 | None = None

    def camera(self) -> tuple[Vector3, Vector3]:
        """Unit vectors (LPS+) from the centre to the eye, and of the picture's upward."""
        turn, lift = math.radians(self.azimuth), math.radians(self.elevation)
        eye = (
            math.sin(turn) * math.cos(lift),
            -math.cos(turn) * math.cos(lift),
            math.sin(lift),
        )
        up = (
            -math.sin(turn) * math.sin(lift),
            math.cos(turn) * math.sin(lift),
            math.cos(lift),
        )
        return eye, up


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What to draw: gray uint8 and, where there are findings, labels on the same grid."""

    gray: NDArray[np.uint8]
    affine: NDArray[np.float64]
    labels: NDArray[np.uint8] | None = None


def scene_of(
    voxels: NDArray[np.generic],
    affine: NDArray[np.float64],
    labels: NDArray[np.uint8] | None = None,
) -> Scene:
    """The volume thinned to at most 256 voxels a side, gray from its 1st to its 99.5th percentile.

    ``voxels`` and ``labels`` are (slices, rows, columns) on the grid of ``affine``. Thinning keeps
    every n-th voxel, so the affine only scales.
    """
    steps = [max(1, math.ceil(side / LONGEST_SIDE)) for side in voxels.shape]
    keep = tuple(slice(None, None, step) for step in steps)
    thin = np.asarray(voxels[keep], dtype=np.float32)
    low, high = (float(edge) for edge in np.percentile(thin[::2, ::2, ::2], (1.0, 99.5)))
    np.subtract(thin, low, out=thin)
    np.multiply(thin, 255.0 / max(high - low, 1e-6), out=thin)
    gray = np.clip(thin, 0.0, 255.0, out=thin).astype(np.uint8)
    scaled = affine.copy()
    scaled[:3, :3] = affine[:3, :3] * np.array([steps[2], steps[1], steps[0]], dtype=np.float64)
    return Scene(gray, scaled, None if labels is None else np.ascontiguousarray(labels[keep]))
