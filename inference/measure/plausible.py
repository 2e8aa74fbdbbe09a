"""What a map of a living head onto the template can look like, and how sharp it must fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import polar

from inference.measure.likeness import Peak

LEAST_SCALE, MOST_SCALE = 0.7, 1.4
MOST_SHEAR = 0.2
MOST_DEGREES = 50.0
LEAST_LIKENESS = 0.06
LEAST_SHARPNESS = 1.8


def implausible(matrix: NDArray[np.float64]) -> str:
    """Return why no head maps onto another this way, or nothing."""
    linear = matrix[:3, :3]
    if not np.isfinite(matrix).all() or np.linalg.det(linear) <= 0:
        return "it would mirror the head"
    turn, stretch = polar(linear)
    scales = np.linalg.eigvalsh(stretch)
    if scales.min() < LEAST_SCALE or scales.max() > MOST_SCALE:
        return f"it would scale the head by {scales.min():.2f} to {scales.max():.2f}"
    shear = float(np.abs(stretch - np.diag(np.diag(stretch))).max())
    if shear > MOST_SHEAR:
        return f"it would shear the head by {shear:.2f}"
    degrees = float(np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))))
    if degrees > MOST_DEGREES:
        return f"it would turn the head by {degrees:.0f}°"
    return ""


def unsharp(found: Peak) -> str:
    """Return why the fit is no better than chance, or nothing."""
    if found.here < LEAST_LIKENESS:
        return "the inside of the head does not look like the template's"
    if found.sharpness < LEAST_SHARPNESS:
        return "copies displaced by 14 mm fit nearly as well"
    return ""
