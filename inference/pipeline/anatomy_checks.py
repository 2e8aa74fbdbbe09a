"""When to say nothing: checks on a labelled head that a wrong answer tends to fail.

A number that looks like atrophy and is a mistake does harm, so each doubt withholds its
structure, and a doubt about the head as a whole, or many small ones, withholds everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.models.structures import BRAIN, DEEP, INDEX, STRUCTURES

Classes = NDArray[np.integer]
Mask = NDArray[np.bool_]
_BRAIN_ML = (650.0, 1900.0)
_INTRACRANIAL_ML = (850.0, 2300.0)
_LEAST_BRAIN_SHARE = 0.5
_HALVES = (0.8, 1.25)
_LEAST_WHOLE = 0.8
_PAIR_RATIO = 2.0
MOST_WITHHELD = 4
MOST_ERROR = 0.5
# Each side, in ml. Wider than any human, so that only nonsense falls outside.
_BOUNDS_ML: Mapping[str, tuple[float, float]] = {
    "thalamus": (3.0, 14.0),
    "caudate": (1.2, 9.0),
    "putamen": (1.8, 11.0),
    "pallidum": (0.5, 4.5),
    "hippocampus": (1.2, 8.0),
    "amygdala": (0.5, 4.5),
    "lateral ventricle": (1.5, 120.0),
}


@dataclass(frozen=True, slots=True)
class Amounts:
    """Volumes in ml: of each (structure, side), of the brain and of the skull's content."""

    sides: Mapping[tuple[str, str], float]
    brain: float
    intracranial: float


def whole_head_doubt(amounts: Amounts, confidence: float, least_confidence: float) -> str:
    """Return why this head as a whole is not to be believed, or nothing."""
    if confidence < least_confidence:
        return (
            f"the network is unsure (mean probability {confidence:.2f}, at least "
            f"{least_confidence:.2f} is asked for)"
        )
    if not _BRAIN_ML[0] <= amounts.brain <= _BRAIN_ML[1]:
        return f"the brain it found has {amounts.brain:.0f} ml, outside human bounds"
    if not _INTRACRANIAL_ML[0] <= amounts.intracranial <= _INTRACRANIAL_ML[1]:
        return f"the skull it found holds {amounts.intracranial:.0f} ml, outside human bounds"
    if amounts.brain < _LEAST_BRAIN_SHARE * amounts.intracranial:
        return "the brain it found fills less than half of the skull"
    halves = [
        sum(amounts.sides[name, side] for name in ("cerebral white matter", "cerebral cortex"))
        for side in ("left", "right")
    ]
    ratio = halves[0] / max(halves[1], 1e-6)
    if not _HALVES[0] <= ratio <= _HALVES[1]:
        return f"the two hemispheres it found differ too much (left to right {ratio:.2f})"
    return ""


def doubtful_structures(amounts: Amounts, classes: Classes, left: Mask) -> dict[str, str]:
    """Return the paired structures not to be reported, each with the reason."""
    doubts: dict[str, str] = {}
    for name, bounds in _BOUNDS_ML.items():
        both = [amounts.sides[name, side] for side in ("left", "right")]
        if not all(bounds[0] <= ml <= bounds[1] for ml in both):
            doubts[name] = f"{both[0]:.1f} ml left and {both[1]:.1f} ml right are outside bounds"
        elif INDEX[name] in DEEP and max(both) > _PAIR_RATIO * min(both):
            doubts[name] = f"left and right differ too much ({both[0]:.1f} and {both[1]:.1f} ml)"
        elif INDEX[name] in DEEP and _in_pieces(classes == INDEX[name], left):
            doubts[name] = "it was found in pieces"
    return doubts


def imprecise_structures(errors: Mapping[str, float]) -> dict[str, str]:
    """Return the structures never to be reported, since their volume was too far off when tested.

    ``errors`` are shares of the volume that nine of ten errors stayed within.
    """
    return {
        name: f"its volume was off by up to {100 * error:.0f} % on nine of ten heads of the test"
        for name, error in errors.items()
        if error > MOST_ERROR
    }


def brain_touches(edges: NDArray[np.uint8]) -> bool:
    """Return whether more than a trace of the brain reaches the border of the series.

    ``edges`` are label values on the series' grid.
    """
    values = {v for n in BRAIN for v in (STRUCTURES[n].left, STRUCTURES[n].right)}
    brain = np.isin(edges, sorted(values))
    total = max(1, int(brain.sum()))
    faces = [brain.take(index, axis) for axis in range(3) for index in (0, -1)]
    return max(int(face.sum()) for face in faces) > 0.002 * total


def _in_pieces(mask: Mask, left: Mask) -> bool:
    for side in (mask & left, mask & ~left):
        parts, count = ndimage.label(side, np.ones((3, 3, 3), dtype=bool))
        if count > 1:
            sizes = np.bincount(parts.ravel())[1:]
            if sizes.max() < _LEAST_WHOLE * sizes.sum():
                return True
    return False
