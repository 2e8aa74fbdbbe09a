"""Figures with their uncertainty."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Values = NDArray[np.float64]
_DRAWS = 400


def auroc(score: Values, positive: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve (the Mann-Whitney statistic, ties count a half)."""
    ranks = stats.rankdata(score)
    count, others = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))


def over_folds(values: list[float]) -> tuple[float, float, float]:
    """Return mean and 95 % t-interval over folds, clipped to 0..1."""
    mean = float(np.mean(values))
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    return mean, max(0.0, mean - half), min(1.0, mean + half)


def bootstrap(count: int, figure: Callable[[NDArray[np.intp]], float]) -> tuple[float, ...]:
    """Return figure of all and its 95 % interval over redrawn slices (seeded, 400 draws)."""
    generator = np.random.default_rng(0)
    drawn = [figure(generator.integers(0, count, count)) for _ in range(_DRAWS)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return figure(np.arange(count)), float(low), float(high)


def wilson(right: int, count: int) -> tuple[float, float, float]:
    """Return a share and its 95 % Wilson interval (1927, doi:10.1080/01621459.1927.10502953)."""
    if not count:
        return 0.0, 0.0, 1.0
    interval = stats.binomtest(right, count).proportion_ci(method="wilson")
    return right / count, float(interval.low), float(interval.high)


def calibration_error(
    confidence: Values,
    right: NDArray[np.bool_],
    bins: int = 10,
    weights: Values | None = None,
) -> float:
    """Return the expected calibration error over equal-width bins of confidence.

    ``weights`` say how much each case counts, all the same by default.
    """
    counts = np.ones(len(confidence)) if weights is None else weights
    gaps = np.bincount(_bin_of(confidence, bins), counts * (confidence - right), bins)
    return float(np.abs(gaps).sum() / counts.sum())


def reliability(
    confidence: Values, right: NDArray[np.bool_], bins: int = 10
) -> list[dict[str, float]]:
    """Return the reliability curve's bins that hold anything: bounds, count, means."""
    places = _bin_of(confidence, bins)
    return [
        {
            "low": b / bins,
            "high": (b + 1) / bins,
            "count": int((places == b).sum()),
            "confidence": float(confidence[places == b].mean()),
            "accuracy": float(right[places == b].mean()),
        }
        for b in np.unique(places).tolist()
    ]


def _bin_of(confidence: Values, bins: int) -> NDArray[np.intp]:
    return np.minimum((confidence * bins).astype(np.intp), bins - 1)
