"""What turns logits into probabilities that may be shown, fitted on held-out folds only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from inference.training.crossval import HeldOut, Region

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
COVERAGE = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Regions of held-out slices as columns: features, on the lesion or not, type, fold."""

    features: Values
    scores: Values
    areas_ml: Values
    true: Flags
    types: NDArray[np.int64]
    type_logits: Values
    folds: NDArray[np.int64]
    slices: NDArray[np.int64]


def gathered(folds: tuple[HeldOut, ...]) -> Regions:
    """Return the regions of all folds; slices are numbered through."""
    rows: list[tuple[HeldOut, int, Region]] = []
    offset = 0
    for fold in folds:
        rows += [(fold, offset, region) for region in fold.regions]
        offset += len(fold.ids)
    parts = [region.component for _, _, region in rows]
    return Regions(
        features=np.array([p.features for p in parts]),
        scores=np.array([p.slice_score for p in parts]),
        areas_ml=np.array([p.volume_ml for p in parts]),
        true=np.array([region.true for _, _, region in rows]),
        types=np.array([fold.types[region.slice_index] for fold, _, region in rows]),
        type_logits=np.array([p.type_logits for p in parts]),
        folds=np.array([fold.fold for fold, _, _ in rows]),
        slices=np.array([offset + region.slice_index for _, offset, region in rows]),
    )


def balance(true: Flags) -> Values:
    """Return a weight per case, one on average, that lets both outcomes weigh the same."""
    return np.asarray(np.where(true, 0.5 / true.sum(), 0.5 / (~true).sum()) * len(true))


def logistic(features: Values, true: Flags, ridge: float = 1e-4) -> Values:
    """Return intercept and weights of a logistic fitted with both outcomes weighing the same.

    Newton's method with a small ridge; balanced weights mean even prior odds, because how often
    a lesion is present in the held-out folds (always) says nothing of a clinic.
    """
    design = np.column_stack([np.ones(len(features)), features])
    counts = balance(true)
    weights = np.zeros(design.shape[1])
    penalty = np.diag([0.0] + [ridge * len(true)] * features.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (counts * (chance - true)) + penalty @ weights
        curve = (design * (counts * chance * (1 - chance))[:, None]).T @ design + penalty
        change = np.linalg.solve(curve + 1e-9 * np.eye(len(weights)), slope)
        weights -= change
        if float(np.abs(change).max()) < 1e-8:
            break
    return weights


def chances(weights: Values, features: Values) -> Values:
    """Return the logistic's probabilities."""
    return np.asarray(special.expit(weights[0] + features @ weights[1:]))


def cross_chances(regions: Regions) -> Values:
    """Return each region's probability by a logistic fitted on the other folds."""
    found = np.zeros(len(regions.true))
    for fold in np.unique(regions.folds):
        own = regions.folds == fold
        found[own] = chances(
            logistic(regions.features[~own], regions.true[~own]), regions.features[own]
        )
    return found


def temperature(logits: Values, types: NDArray[np.int64]) -> float:
    """Return the temperature with the least negative log likelihood (Guo 2017, arXiv 1706.04599).

    ``logits`` (n, 3), ``types`` 1..3.
    """
    candidates = np.exp(np.linspace(np.log(0.2), np.log(10), 200))
    losses = [-np.log(_chosen(logits / value, types)).mean() for value in candidates]
    return float(candidates[int(np.argmin(losses))])


def cross_probabilities(logits: Values, types: NDArray[np.int64], folds: Values) -> Values:
    """Return type probabilities (n, 3) at a temperature fitted on the other folds."""
    found = np.zeros_like(logits)
    for fold in np.unique(folds):
        own = folds == fold
        found[own] = special.softmax(logits[own] / temperature(logits[~own], types[~own]), axis=-1)
    return found


def conformal_threshold(
    probabilities: Values, types: NDArray[np.int64], coverage: float = COVERAGE
) -> float:
    """Return the probability a type needs to be in the conformal set (Sadinle 2019).

    Split conformal prediction with the score 1 - p of the true type: sets of all types at or
    above the threshold hold the true one in ``coverage`` of exchangeable slices
    (doi:10.1080/01621459.2017.1395341).
    """
    scores = 1 - probabilities[np.arange(len(types)), types - 1]
    level = min(1.0, np.ceil((len(scores) + 1) * coverage) / len(scores))
    return float(1 - np.quantile(scores, level, method="higher"))


def _chosen(logits: Values, types: NDArray[np.int64]) -> Values:
    own = special.softmax(logits, axis=-1)[np.arange(len(types)), types - 1]
    return np.asarray(np.clip(own, 1e-9, 1))
