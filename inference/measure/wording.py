"""The words for where a finding lies, from the regions of the template that its voxels fall in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.measure.regions import COVERINGS, LOBES, OUTSIDE, UNPAIRED, WORDS, Region

ONE_SHARE = 0.6
TWO_SHARE = 0.2
SELLA_SHARE = 0.3
SURFACE_SHARE = 0.5
OUTSIDE_SHARE = 0.8
_ADJECTIVES = {
    Region.FRONTAL: "frontal",
    Region.PARIETAL: "parietal",
    Region.TEMPORAL: "temporal",
    Region.OCCIPITAL: "occipital",
    Region.CEREBELLUM: "cerebellar",
}


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """The region of each voxel, its nearest lobe or cerebellum, and the share far outside."""

    regions: NDArray[np.uint8]
    nearest: NDArray[np.uint8]
    outside: float

    def of(self, region: Region) -> float:
        """Return a region's share of the voxels."""
        return float((self.regions == region).mean())


def worded(shares: Shares, side: str) -> str:
    """Return the place in words; ``side`` is left, right, midline or ""."""
    if shares.outside >= OUTSIDE_SHARE:
        return f"outside the brain, {_sided(WORDS[_most(shares.regions, OUTSIDE)], side)}"
    if shares.of(Region.SELLA) >= SELLA_SHARE:
        return WORDS[Region.SELLA]
    covering = np.isin(shares.regions, list(COVERINGS | OUTSIDE))
    if covering.mean() >= SURFACE_SHARE:
        return _surface(shares, covering, side)
    return _inside(np.where(covering, shares.nearest, shares.regions), side)


def _inside(regions: NDArray[np.uint8], side: str) -> str:
    values, counts = np.unique(regions, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    ranked = [(Region(int(values[n])), float(counts[n] / counts.sum())) for n in order]
    first, share = ranked[0]
    if share >= ONE_SHARE or len(ranked) == 1 or ranked[1][1] < TWO_SHARE:
        return _named(first, side)
    second = ranked[1][0]
    if first in LOBES and second in LOBES:
        pair = f"{_ADJECTIVES[first]} and {_ADJECTIVES[second]} lobe"
    else:
        pair = f"{WORDS[first]} and {WORDS[second]}"
    return f"between {_sided(pair, side)}"


def _surface(shares: Shares, covering: NDArray[np.bool_], side: str) -> str:
    part = _most(shares.regions[covering], COVERINGS)
    beside = Region(int(np.bincount(shares.nearest).argmax()))
    if part is Region.CONVEXITY:
        return _sided(f"{_ADJECTIVES[beside]} convexity", side)
    if part is Region.FALX:
        return f"falx, beside the {_sided(WORDS[beside], side)}"
    if part is Region.CRANIAL_BASE:
        return f"skull base, below the {_sided(WORDS[beside], side)}"
    return _named(part, side)


def _named(region: Region, side: str) -> str:
    return WORDS[region] if region in UNPAIRED else _sided(WORDS[region], side)


def _sided(words: str, side: str) -> str:
    if side == "midline":
        return f"{words}, midline"
    return f"{side} {words}" if side else words


def _most(regions: NDArray[np.uint8], among: frozenset[Region]) -> Region:
    counts = np.bincount(regions, minlength=max(Region) + 1)
    return max(sorted(among), key=lambda region: counts[region])
