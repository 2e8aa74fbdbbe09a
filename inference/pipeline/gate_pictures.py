"""What voxels and their extent say without a network: masks, CT values, and the size of a head."""

from __future__ import annotations

import numpy as np

from inference.pipeline.gate_tags import TRAINED
from inference.pipeline.prepare import head_mask
from viewer.records import Volume

_MOST_SAMPLED = 24
_MOST_LABELS = 300


def fault_in_voxels(volume: Volume) -> str:
    """Return why the voxels are no picture at all."""
    voxels = volume.voxels
    if not np.isfinite(voxels).all() or voxels.max() == voxels.min():
        return "its voxels hold no picture"
    return ""


def hint_in_voxels(volume: Volume, trained: str = TRAINED) -> str:
    """Return whether the values betray a mask, a label map or CT; ``trained`` ends the sentence."""
    step = max(1, len(volume.voxels) // _MOST_SAMPLED)
    sample = np.asarray(volume.voxels[::step], dtype=np.float32)
    values, counts = np.unique(sample[:, ::2, ::2], return_counts=True)
    inside = sample[:, :, 1:] != values[counts.argmax()]
    alike = (sample[:, :, 1:] == sample[:, :, :-1]) & inside
    if len(values) <= _MOST_LABELS and alike.sum() > 0.75 * max(1, int(inside.sum())):
        return "it holds a mask or a label map, not a picture"
    air = float(((sample <= -900) & (sample >= -3100)).mean())
    if air > 0.05 and float(np.quantile(sample, 0.999)) > 150:
        return f"its values are those of CT; {trained}"
    return ""


def fits_a_head(volume: Volume, scores: dict[str, float], *, tight: bool) -> str:
    """Return why the foreground cannot be a head, and note its measures in ``scores``.

    With ``tight`` the network is sure of a head: it may fill its field of view, and thin coverage
    is left to the cautions.
    """
    mask = head_mask(volume.voxels)
    scores["foreground"] = float(mask.mean())
    scores["corners"] = _corners(mask)
    columns, rows, slices = _extents_mm(volume, mask)
    widest, narrowest = max(columns, rows, slices), min(columns, rows, slices)
    middle = sorted((columns, rows, slices))[1]
    scores |= {"widest_mm": widest, "middle_mm": middle, "narrowest_mm": narrowest}
    scores["covered_mm"] = slices
    if not tight and not (0.08 <= scores["foreground"] <= 0.92 and scores["corners"] <= 0.5):
        return "what it shows does not look like a head in air"
    if scores["foreground"] < 0.02:
        return "it shows next to nothing"
    if widest > 340 or middle > 300:
        return "what it shows is larger than a head"
    if max(columns, rows) < 110 or min(columns, rows) < 80 or (not tight and narrowest < 40):
        return "what it shows is smaller than a head, or only part of one"
    return ""


def _corners(mask: np.ndarray) -> float:
    """Return the share of foreground in the slices' four corners, where a head leaves air."""
    rows, columns = (max(1, size // 10) for size in mask.shape[1:])
    edges = mask[:, np.r_[:rows, -rows:0]][:, :, np.r_[:columns, -columns:0]]
    return float(edges.mean())


def _extents_mm(volume: Volume, mask: np.ndarray) -> tuple[float, float, float]:
    """Return the foreground's extent in mm along columns, rows and slices."""
    extents = []
    for axis, spacing in ((2, 0), (1, 1), (0, 2)):
        others = tuple(a for a in range(3) if a != axis)
        profile = mask.mean(axis=others) > 0.01
        extents.append(float(profile.sum()) * volume.spacing_mm[spacing])
    return extents[0], extents[1], extents[2]
