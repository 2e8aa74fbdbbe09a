"""How well a network does on slices it never saw."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from inference.models.predict import mirrored_logits
from inference.models.unet import OutlineNet
from inference.pipeline.components import lesion_probability
from inference.pipeline.prepare import normalise
from inference.training.augment import Lens, centred
from inference.training.slices import TYPE_VALUES, SliceSet


def dice(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the Dice overlap of each slice of (n, h, w) masks."""
    shared = (found & truth).sum((1, 2))
    return np.asarray(2 * shared / np.maximum(1, found.sum((1, 2)) + truth.sum((1, 2))))


def seen_through(slices: SliceSet, lens: Lens) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the network's normalised view of ``slices`` and the lesion masks on its grid."""
    centres = torch.from_numpy(slices.centres)
    images = centred(torch.from_numpy(slices.images).float(), centres, lens).numpy()
    labels = torch.from_numpy(slices.labels).float()
    return normalise(images), centred(labels, centres, lens, "nearest").numpy() > 0


def outline_scores(
    lesion: NDArray[np.float32], truth: NDArray[np.bool_], types: NDArray[np.int64]
) -> dict[str, float]:
    """Return Dice over all slices and per type, and the share of lesions touched.

    ``lesion`` is the probability (n, side, side); every slice of ``truth`` holds a lesion.
    """
    found = lesion >= 0.5
    overlaps = dice(found, truth)
    scores = {
        "dice_mean": overlaps.mean(),
        "dice_median": np.median(overlaps),
        "lesion_hit": (found & truth).any((1, 2)).mean(),
    }
    for name, value in TYPE_VALUES.items():
        scores[f"dice_mean_{name}"] = overlaps[types == value].mean()
        scores[f"dice_median_{name}"] = np.median(overlaps[types == value])
    return {key: round(float(value), 3) for key, value in scores.items()}


def validation_scores(network: OutlineNet, held_out: SliceSet, lens: Lens) -> dict[str, float]:
    """Return outline scores and the type accuracy, for following a training run."""
    images, truth = seen_through(held_out, lens)
    outline, whole = mirrored_logits((network,), images)
    right = whole[:, 1:].argmax(1) + 1 == held_out.types
    scores = outline_scores(lesion_probability(outline), truth, held_out.types)
    return scores | {"slice_type_accuracy": round(float(right.mean()), 3)}
