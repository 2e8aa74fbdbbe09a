"""How far the shipped network's heat maps are to be trusted, for its card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.errors import InferenceError
from inference.explain.figures import Outlined, heat_figures
from inference.explain.sanity import SanityReport, sanity
from inference.models.predict import mirrored_logits
from inference.models.unet import OutlineNet
from inference.training.augment import Lens
from inference.training.scores import seen_through
from inference.training.slices import FOLDS, SliceSet, held_out_slices

SLICES = 60
CHECKED = 12
"""Slices the check with random weights is made on."""

_SMALLEST_PX = 20
_SPARE = 3


def measure_heat_maps(
    networks: tuple[OutlineNet, ...], folder: Path, lens: Lens, count: int = SLICES
) -> dict[str, Any]:
    """Return the methods' figures on held-out slices, and the check with random weights.

    ``networks`` in order of the folds; each is asked about its own held-out fold only.
    """
    each = max(1, -(-count // len(FOLDS)))
    data = {fold: _some(held_out_slices(folder, fold), each, lens) for fold in FOLDS}
    figures = heat_figures({f: (n,) for f, n in zip(FOLDS, networks, strict=True)}, data, count)
    images, regions = checked_slices(networks[:1], folder, lens)
    told = _told(sanity(networks[:1], images, regions))
    return {"slices": count, "methods": figures, "random_weights": {"slices": len(images), **told}}


def checked_slices(
    networks: tuple[OutlineNet, ...], folder: Path, lens: Lens
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the first fold's held-out slices the check is made on; see outlined_slices."""
    checked = _some(held_out_slices(folder, FOLDS[0]), _SPARE * CHECKED, lens)
    return outlined_slices(networks, checked.images)


def outlined_slices(
    networks: tuple[OutlineNet, ...], images: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the first CHECKED slices on which the networks mark something, and what they mark.

    The program explains the network's own outline, so the check does too; one drawn by hand may
    ask about pixels the network takes for healthy. The same slices in give the same out.

    Raises
    ------
    InferenceError
        Fewer than CHECKED slices are marked.
    """
    outline, _ = mirrored_logits(networks, images)
    regions = np.asarray(outline.argmax(axis=1) > 0)
    marked = np.flatnonzero(regions.sum(axis=(1, 2)) >= _SMALLEST_PX)[:CHECKED]
    if len(marked) < CHECKED:
        raise InferenceError(f"The network marks only {len(marked)} of the slices for the check.")
    return images[marked], regions[marked]


def _some(held_out: SliceSet, count: int, lens: Lens) -> Outlined:
    step = max(1, len(held_out) // count)
    part = held_out.part(slice(0, step * count, step))
    images, masks = seen_through(part, lens)
    return Outlined(images, np.asarray(masks))


def _told(report: SanityReport) -> dict[str, Any]:
    return {
        "stages": list(report.stages),
        "rows": {
            row.method.key: {
                "rank": list(row.rank),
                "alike": list(row.alike),
                "passed": row.passed,
            }
            for row in report.rows
        },
    }
