"""Scores of how faithful a heat map is; pure, the network comes in as a function.

Deletion and insertion follow Petsiuk 2018 (RISE, arXiv:1806.07421): pixels are taken away, or
given back, in the map's order, and the network's answer is watched. A random order of single
pixels is noise, which upsets any network; the order compared with is therefore that of random
maps of the same grain as the map.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.explain.references import blurred, erased

Grid = NDArray[np.float32]
Mask = NDArray[np.bool_]
Score = Callable[[Grid], NDArray[np.float64]]
STEPS = (0.02, 0.05, 0.1, 0.2, 0.4)
RANDOM_MAPS = 2
_MOST = 1.5
_NO_ANSWER = 1e-3


def energy_share(heat: Grid, region: Mask) -> float:
    """Return the share of the heat's sum that lies inside ``region``; 0 without heat."""
    total = float(heat.sum())
    return float(heat[region].sum()) / total if total > 0 else 0.0


def points_inside(heat: Grid, region: Mask) -> bool:
    """Return whether the hottest pixel lies in the region (the pointing game, Zhang 2018)."""
    return bool(region.ravel()[int(heat.argmax())]) and float(heat.max()) > 0


def agreement(heat: Grid, other: Grid, head: Mask | None = None) -> float:
    """Return the correlation of two maps inside the head (1 is the same pattern)."""
    one, two = (heat[head], other[head]) if head is not None else (heat.ravel(), other.ravel())
    first, second = one - one.mean(), two - two.mean()
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / size if size > 0 else 0.0


def rank_agreement(heat: Grid, other: Grid, head: Mask) -> float:
    """Return Spearman's rank correlation of two maps inside the head."""
    return agreement(_ranked(heat[head]), _ranked(other[head]))


def similarity(heat: Grid, other: Grid, head: Mask) -> float:
    """Return the mean structural similarity inside the head (Wang 2004), each map's top at 1.

    Windows of 11 pixels, doi:10.1109/TIP.2003.819861.
    """
    a, b = (one / max(float(one.max()), 1e-12) for one in (heat, other))
    mean_a, mean_b, mean_aa, mean_bb, mean_ab = (
        ndimage.uniform_filter(part.astype(np.float64), 11) for part in (a, b, a * a, b * b, a * b)
    )
    spread_a, spread_b = mean_aa - mean_a**2, mean_bb - mean_b**2
    shared = mean_ab - mean_a * mean_b
    low, flat = 0.01**2, 0.03**2
    above = (2 * mean_a * mean_b + low) * (2 * shared + flat)
    below = (mean_a**2 + mean_b**2 + low) * (spread_a + spread_b + flat)
    return float((above / below)[head].mean())


def deletion_area(image: Grid, heat: Grid, head: Mask, score: Score) -> float:
    """Return the mean share of the answer left while the hottest pixels are made gray.

    Lower means that the map found what mattered. NaN where there is no answer to begin with.
    """
    return _area(image, erased(image, head), heat, head, score, whole_first=True)


def insertion_area(image: Grid, heat: Grid, head: Mask, score: Score) -> float:
    """Return the mean share of the answer got back while the hottest pixels come into a blur.

    Higher means that the map found what mattered. NaN where there is no answer on the whole slice.
    """
    return _area(image, blurred(image), heat, head, score, whole_first=False)


def against_random(
    image: Grid,
    heat: Grid,
    head: Mask,
    score: Score,
    cells: tuple[int, int],
    seed: int = 0,
) -> dict[str, float]:
    """Return both areas and how much better each is than random maps of ``cells``; above 0 is.

    ``cells`` are (rows, columns) of the map's own grid.
    """
    generator = np.random.default_rng(seed)
    chance = [random_map(cells, heat.shape[0], generator) for _ in range(RANDOM_MAPS)]
    deletion = deletion_area(image, heat, head, score)
    insertion = insertion_area(image, heat, head, score)
    deleted = np.mean([deletion_area(image, one, head, score) for one in chance])
    inserted = np.mean([insertion_area(image, one, head, score) for one in chance])
    return {
        "deletion": deletion,
        "insertion": insertion,
        "deletion_over_random": float(deleted) - deletion,
        "insertion_over_random": insertion - float(inserted),
    }


def random_map(cells: tuple[int, int], side: int, generator: np.random.Generator) -> Grid:
    """Return random heat of that grain, interpolated to (side, side)."""
    coarse = generator.random(cells)
    zoomed = ndimage.zoom(
        coarse, (side / cells[0], side / cells[1]), order=1, mode="nearest", grid_mode=True
    )
    return np.asarray(zoomed, dtype=np.float32)


def edge_map(image: Grid) -> Grid:
    """Return Sobel's gradient magnitude: a map that knows nothing of any network."""
    across, down = ndimage.sobel(image, axis=1), ndimage.sobel(image, axis=0)
    return np.asarray(np.hypot(across, down), dtype=np.float32)


def _area(
    image: Grid, empty: Grid, heat: Grid, head: Mask, score: Score, *, whole_first: bool
) -> float:
    inside = np.flatnonzero(head.ravel())
    order = inside[np.argsort(-heat.ravel()[inside], kind="stable")]
    start, end = (image, empty) if whole_first else (empty, image)
    tried = np.stack([image, *([start] * len(STEPS))])
    flat = tried.reshape(len(tried), -1)
    for row, share in enumerate(STEPS, start=1):
        changed = order[: int(share * len(order))]
        flat[row, changed] = end.ravel()[changed]
    values = score(tried)
    if values[0] <= _NO_ANSWER:
        return float("nan")
    return float(np.clip(values[1:] / values[0], 0, _MOST).mean())


def _ranked(values: Grid) -> Grid:
    """Return ranks, equal values sharing their mean rank."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place], dtype=np.float32)
