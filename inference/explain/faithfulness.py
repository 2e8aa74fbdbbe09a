"""Scores of how faithful a heat map is; pure, the network comes in as a function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float32]
Score = Callable[[Grid], NDArray[np.float64]]
STEPS = (0.02, 0.05, 0.1, 0.2, 0.4)
_RANDOM_ORDERS = 2


def energy_share(heat: Grid, region: NDArray[np.bool_]) -> float:
    """Return the share of the heat's sum that lies inside ``region``; 0 without heat."""
    total = float(heat.sum())
    return float(heat[region].sum()) / total if total > 0 else 0.0


def agreement(heat: Grid, other: Grid) -> float:
    """Return the correlation of two heat maps of the same slices (1 is the same pattern)."""
    first, second = heat.ravel() - heat.mean(), other.ravel() - other.mean()
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / size if size > 0 else 0.0


def deletion_area(image: Grid, order: NDArray[np.intp], score: Score) -> float:
    """Return the mean share of the score left while pixels are erased in ``order``.

    Erased pixels take the slice's median inside the head (Petsiuk 2018, RISE). ``order`` holds
    flat indices of head pixels, first erased first. Lower means the order found what mattered.
    """
    fill = float(np.median(image.ravel()[order]))
    erased = np.repeat(image[None], len(STEPS) + 1, axis=0)
    flat = erased.reshape(len(erased), -1)
    for row, share in enumerate(STEPS, start=1):
        flat[row, order[: int(share * len(order))]] = fill
    values = score(erased)
    if values[0] <= 0:
        return 1.0
    return float(np.clip(values[1:] / values[0], 0, 2).mean())


def deletion_over_random(
    image: Grid, heat: Grid, head: NDArray[np.bool_], score: Score, seed: int = 0
) -> float:
    """Return deletion area of random orders minus that of the heat's order; above 0 is better."""
    inside = np.flatnonzero(head.ravel())
    by_heat = inside[np.argsort(-heat.ravel()[inside], kind="stable")]
    generator = np.random.default_rng(seed)
    chance = [
        deletion_area(image, generator.permutation(inside), score) for _ in range(_RANDOM_ORDERS)
    ]
    return float(np.mean(chance)) - deletion_area(image, by_heat, score)
