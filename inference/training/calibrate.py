"""What turns logits into probabilities that may be shown, fitted on the held-out fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.pipeline.components import Component, find_components
from inference.training.slices import SliceSet

Values = NDArray[np.float64]
Grid = NDArray[np.float32]
SLICE_GAP_MM = 7.0
_TRUE_SHARE = 0.2
_WANTED_ACCURACY = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """Components of all held-out slices: is each on the lesion, and the lesion's type."""

    components: list[Component]
    true: NDArray[np.bool_]
    types: NDArray[np.int64]
    slice_index: NDArray[np.int64]


def mark_components(outline: Grid, whole: Grid, held_out: SliceSet, pixel_mm: float) -> Marked:
    """Return every component of every slice; true if a fifth of it lies on the outlined lesion."""
    components: list[Component] = []
    true, types, indices = [], [], []
    for k in range(len(held_out)):
        found, values = find_components(
            outline[k : k + 1], whole[k : k + 1], pixel_mm, SLICE_GAP_MM
        )
        for component in found:
            inside = values[0] == component.value
            true.append(bool((held_out.labels[k][inside] > 0).mean() >= _TRUE_SHARE))
            types.append(int(held_out.types[k]))
            indices.append(k)
        components += found
    return Marked(components, np.array(true), np.array(types), np.array(indices))


def logistic(features: Values, true: NDArray[np.bool_], ridge: float = 1e-2) -> Values:
    """Return intercept and weights of a logistic fitted with both outcomes weighing the same.

    Newton's method with a small ridge; balanced weights mean even prior odds, because how often
    a lesion is present in the held-out fold (always) says nothing of a clinic.
    """
    design = np.column_stack([np.ones(len(features)), features])
    balance = np.where(true, 0.5 / true.sum(), 0.5 / (~true).sum()) * len(true)
    weights = np.zeros(design.shape[1])
    penalty = np.diag([0.0] + [ridge * len(true)] * features.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (balance * (chance - true)) + penalty @ weights
        curve = (design * (balance * chance * (1 - chance))[:, None]).T @ design + penalty
        change = np.linalg.solve(curve + 1e-9 * np.eye(len(weights)), slope)
        weights -= change
        if float(np.abs(change).max()) < 1e-8:
            break
    return weights


def temperature(logits: Values, types: NDArray[np.int64]) -> float:
    """Return the temperature with the least negative log likelihood (Guo 2017, arXiv 1706.04599).

    ``logits`` (n, 3), ``types`` 1..3.
    """
    candidates = np.exp(np.linspace(np.log(0.2), np.log(10), 200))
    losses = [-np.log(_chosen(logits / value, types)).mean() for value in candidates]
    return float(candidates[int(np.argmin(losses))])


def calibration_error(confidence: Values, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Return the expected calibration error over equal-width bins of confidence."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[places == b].mean() - right[places == b].mean()) * (places == b).mean()
        for b in np.unique(places)
    ]
    return float(np.sum(gaps))


def type_threshold(confidence: Values, right: NDArray[np.bool_]) -> float:
    """Return the smallest threshold from 0.7 up above which 95 % of the types named are right.

    The floor of 0.7 is chosen, not fitted: other hospitals' images will be less like these.
    """
    for threshold in np.arange(0.7, 0.95, 0.01):
        kept = confidence >= threshold
        if kept.any() and right[kept].mean() >= _WANTED_ACCURACY:
            return round(float(threshold), 2)
    return 0.95


def softmax(logits: Values) -> Values:
    """Return probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _chosen(logits: Values, types: NDArray[np.int64]) -> Values:
    return np.clip(softmax(logits)[np.arange(len(types)), types - 1], 1e-9, 1)
