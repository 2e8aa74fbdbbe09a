"""How well a network does on slices it never saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.models.unet import OutlineNet
from inference.pipeline.components import lesion_probability
from inference.pipeline.predict import mirrored_logits
from inference.pipeline.prepare import normalise
from inference.training.slices import TYPE_VALUES, SliceSet


def dice(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the Dice overlap of each slice of (n, h, w) masks."""
    shared = (found & truth).sum((1, 2))
    return np.asarray(2 * shared / np.maximum(1, found.sum((1, 2)) + truth.sum((1, 2))))


def outline_scores(lesion: NDArray[np.float32], held_out: SliceSet) -> dict[str, float]:
    """Return Dice over all slices and per type, and the share of lesions touched.

    ``lesion`` is the probability (n, side, side); every slice of ``held_out`` holds a lesion.
    """
    found, truth = lesion >= 0.5, held_out.labels > 0
    overlaps = dice(found, truth)
    scores = {
        "dice_mean": overlaps.mean(),
        "dice_median": np.median(overlaps),
        "lesion_hit": (found & truth).any((1, 2)).mean(),
    }
    for name, value in TYPE_VALUES.items():
        scores[f"dice_mean_{name}"] = overlaps[held_out.types == value].mean()
        scores[f"dice_median_{name}"] = np.median(overlaps[held_out.types == value])
    return {key: round(float(value), 3) for key, value in scores.items()}


def validation_scores(network: OutlineNet, held_out: SliceSet) -> dict[str, float]:
    """Return outline scores and the slice head's type accuracy, for following a training run."""
    outline, whole = mirrored_logits(network, normalise(held_out.images))
    right = whole[:, 1:].argmax(1) + 1 == held_out.types
    scores = outline_scores(lesion_probability(outline), held_out)
    return scores | {"slice_type_accuracy": round(float(right.mean()), 3)}
