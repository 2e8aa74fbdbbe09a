"""Held-out predictions to the figures a card gives; every number here is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from inference.training import calibrate
from inference.training.calibrate import Regions
from inference.training.crossval import HeldOut
from inference.training.slices import TYPE_VALUES
from inference.training.statistics import (
    auroc,
    bootstrap,
    calibration_error,
    over_folds,
    reliability,
)

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """All folds' slices as columns; ``probabilities`` (n, 3) are cross-fitted."""

    folds: NDArray[np.int64]
    types: NDArray[np.int64]
    dice: Values
    hit: NDArray[np.bool_]
    logits: Values
    probabilities: Values

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether the likeliest type is the true one."""
        return np.asarray(self.probabilities.argmax(1) + 1 == self.types)


def pool(folds: tuple[HeldOut, ...]) -> Pooled:
    """Return the slices of all folds, calibrated each by the others."""
    numbers = np.concatenate([np.full(len(f.ids), f.fold) for f in folds])
    types = np.concatenate([f.types for f in folds])
    logits = np.concatenate([f.type_logits for f in folds])
    return Pooled(
        numbers,
        types,
        np.concatenate([f.dice for f in folds]),
        np.concatenate([f.hit for f in folds]),
        logits,
        calibrate.cross_probabilities(logits, types, numbers),
    )


def slice_figures(pooled: Pooled) -> dict[str, float]:
    """Return accuracy, sensitivity, AUROC and Dice with 95 % intervals over the folds."""
    figures: dict[str, float] = {"slices": float(len(pooled.types))}
    folds = np.unique(pooled.folds)

    def note(name: str, values: Values, chosen: NDArray[np.bool_]) -> None:
        by_fold = [float(values[chosen & (pooled.folds == k)].mean()) for k in folds]
        _, low, high = over_folds(by_fold)
        figures[name] = float(values[chosen].mean())
        figures[f"{name}_low"], figures[f"{name}_high"] = low, high

    everything = np.ones(len(pooled.types), dtype=bool)
    note("type_accuracy", pooled.right.astype(float), everything)
    note("lesion_hit", pooled.hit.astype(float), everything)
    note("dice_mean", pooled.dice, everything)
    figures |= _quartiles("dice", pooled.dice)
    for name, value in TYPE_VALUES.items():
        own = pooled.types == value
        note(f"sensitivity_{name}", pooled.right.astype(float), own)
        note(f"lesion_hit_{name}", pooled.hit.astype(float), own)
        note(f"dice_mean_{name}", pooled.dice, own)
        figures |= _quartiles(f"dice_{name}", pooled.dice[own])
        figures |= _auroc(name, pooled, own)
    return figures


def _quartiles(name: str, values: Values) -> dict[str, float]:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return {f"{name}_q1": low, f"{name}_median": middle, f"{name}_q3": high}


def _auroc(name: str, pooled: Pooled, own: NDArray[np.bool_]) -> dict[str, float]:
    column = TYPE_VALUES[name] - 1
    by_fold = [
        auroc(pooled.probabilities[inside, column], own[inside])
        for inside in (pooled.folds == k for k in np.unique(pooled.folds))
    ]
    mean, low, high = over_folds(by_fold)
    return {f"auroc_{name}": mean, f"auroc_{name}_low": low, f"auroc_{name}_high": high}


def calibration(pooled: Pooled, regions: Regions) -> dict[str, Any]:
    """Return reliability and abstention, as a card holds them."""
    raw = special.softmax(pooled.logits, axis=-1)
    threshold = calibrate.conformal_threshold(pooled.probabilities, pooled.types)
    return {
        "type": {
            "temperature": calibrate.temperature(pooled.logits, pooled.types),
            "ece_before": _error(raw.max(1), raw.argmax(1) + 1 == pooled.types),
            "ece_after": _error(pooled.probabilities.max(1), pooled.right),
            "bins": reliability(pooled.probabilities.max(1), pooled.right),
        },
        "lesion": _lesion(regions),
        "abstention": _abstention(pooled, threshold),
    }


def _abstention(pooled: Pooled, threshold: float) -> dict[str, Any]:
    inside = pooled.probabilities >= threshold
    named = inside.sum(1) == 1
    held = inside[np.arange(len(pooled.types)), pooled.types - 1]
    return {
        "method": "split conformal sets (least ambiguous), named where the set holds one type",
        "coverage_target": calibrate.COVERAGE,
        "threshold": threshold,
        "coverage": float(held.mean()),
        "share_named": float(named.mean()),
        "accuracy_kept": float(pooled.right[named].mean()),
    }


def _lesion(regions: Regions) -> dict[str, Any]:
    """Return the reliability of "this region is a lesion": balanced odds, cross-fitted.

    The error is counted at the odds the chance is given for: true and false regions weigh alike.
    """
    chance = calibrate.cross_chances(regions)
    weights = calibrate.balance(regions.true)
    sure = np.maximum(chance, 1 - chance)
    right = (chance >= 0.5) == regions.true
    return {
        "odds": "even odds before the image is seen",
        "ece_after": _error(chance, regions.true, weights),
        "bins": reliability(chance, regions.true),
        "accuracy": float(right.mean()),
        "mean_confidence": float(sure.mean()),
    }


def _error(
    confidence: Values, right: NDArray[np.bool_], weights: Values | None = None
) -> list[float]:
    counts = np.ones(len(right)) if weights is None else weights

    def error(chosen: NDArray[np.intp]) -> float:
        return calibration_error(confidence[chosen], right[chosen], weights=counts[chosen])

    return list(bootstrap(len(right), error))


def region_figures(regions: Regions, kept: NDArray[np.bool_], slices: int) -> dict[str, float]:
    """Return how the rules on single regions do on held-out slices, each with one lesion."""

    def share(chosen: NDArray[np.bool_]) -> float:
        return len(np.unique(regions.slices[chosen])) / slices

    return {
        "regions_true": float(regions.true.sum()),
        "regions_false": float((~regions.true).sum()),
        "slices_with_false_region_raw": share(~regions.true),
        "slices_with_false_region": share(kept & ~regions.true),
        "lesion_hit_kept": share(kept & regions.true),
    }


def rounded(values: Any, digits: int = 4) -> Any:  # noqa: ANN401 - any JSON
    """Return nested lists and mappings with their numbers rounded; what is no number is None."""
    if isinstance(values, dict):
        return {key: rounded(value, digits) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return [rounded(value, digits) for value in values]
    if isinstance(values, str | bool | int):
        return values
    return round(float(values), digits) if np.isfinite(values) else None
