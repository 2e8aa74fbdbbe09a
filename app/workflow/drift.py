"""Whether what comes in still looks like what came in first; pure (docs/adr/0020).

The reference of a scanner is its first REFERENCE accepted series with a release of the model; the
series that follow are compared with it month by month, score by score, by the two-sample
Kolmogorov-Smirnov test, and the share of refused series by Fisher's exact test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, sqrt

import numpy as np

from app.workflow.rates import Share, fisher_p

REFERENCE = 100
"""Accepted series that make a reference."""

FEWEST = 30
"""Series a month needs before it is compared."""

FAR = 0.25
"""Distance of two distributions from which a difference matters: a quarter of all series moved."""

FAR_REFUSED = 0.15
"""Difference of two shares of refused series from which it matters."""

RISK = 0.05
"""Risk of a false alarm per month, shared by all that is compared in it (Bonferroni)."""

REFUSED = "refused"
"""The name of the comparison that is about the share of refused series."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How far apart two samples are and how often chance alone does that.

    ``middle`` and ``reference_middle`` are medians, or the two shares.
    """

    count: int
    reference_count: int
    middle: float
    reference_middle: float
    distance: float
    p: float


class Verdict(StrEnum):
    """What a comparison amounts to."""

    SUSPECTED = "drift suspected"
    STEADY = "no drift seen"


def compare(reference: Sequence[float], later: Sequence[float]) -> Difference:
    """Return how the values of one score differ (Kolmogorov-Smirnov, two samples, two sides).

    The p value is the asymptotic one with Stephens' correction for small samples; with equal
    values among both samples it is too large rather than too small.
    """
    one, other = np.sort(np.asarray(reference, float)), np.sort(np.asarray(later, float))
    both = np.concatenate([one, other])
    gaps = np.searchsorted(one, both, "right") / len(one)
    gaps -= np.searchsorted(other, both, "right") / len(other)
    distance = float(np.abs(gaps).max())
    return Difference(
        count=len(other),
        reference_count=len(one),
        middle=float(np.median(other)),
        reference_middle=float(np.median(one)),
        distance=distance,
        p=_ks_p(distance, len(one), len(other)),
    )


def compare_shares(reference: Share, later: Share) -> Difference:
    """Return how two shares differ."""
    before, now = reference.value or 0.0, later.value or 0.0
    return Difference(
        later.of, reference.of, now, before, abs(now - before), fisher_p(reference, later)
    )


def verdict(score: str, distance: float, p: float, compared: int) -> Verdict:
    """Return whether drift is suspected: a difference that matters and is not chance.

    Parameters
    ----------
    compared
        How many comparisons were made in the same month with the same release.
    """
    far = FAR_REFUSED if score == REFUSED else FAR
    if distance >= far and p < RISK / max(1, compared):
        return Verdict.SUSPECTED
    return Verdict.STEADY


def _ks_p(distance: float, n: int, m: int) -> float:
    root = sqrt(n * m / (n + m))
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.2:
        return 1.0
    total = sum((-1) ** (k - 1) * exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return float(min(1.0, max(0.0, 2 * total)))
