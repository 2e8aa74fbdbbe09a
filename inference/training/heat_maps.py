"""How far the shipped network's heat maps are to be trusted, for its card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from inference.explain.figures import Outlined, heat_figures
from inference.explain.sanity import SanityReport, sanity
from inference.models.unet import OutlineNet
from inference.training.augment import Lens
from inference.training.scores import seen_through
from inference.training.slices import FOLDS, SliceSet, held_out_slices

SLICES = 60
_CHECKED = 4


def measure_heat_maps(
    networks: tuple[OutlineNet, ...], folder: Path, lens: Lens, count: int = SLICES
) -> dict[str, Any]:
    """Return the methods' figures on held-out slices, and the check with random weights.

    ``networks`` in order of the folds; each is asked about its own held-out fold only.
    """
    each = max(_CHECKED, -(-count // len(FOLDS)))
    data = {fold: _some(held_out_slices(folder, fold), each, lens) for fold in FOLDS}
    figures = heat_figures({f: (n,) for f, n in zip(FOLDS, networks, strict=True)}, data, count)
    first = data[FOLDS[0]]
    report = sanity(networks[:1], first.images[:_CHECKED], first.masks[:_CHECKED])
    return {"slices": count, "methods": figures, "random_weights": _told(report)}


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
