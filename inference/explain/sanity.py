"""Does a map depend on what the network has learnt? After Adebayo 2018, arXiv:1810.03292.

The network's weights are made random part by part, from its answer back to the image, and each
method's map is compared with the one before. A method whose map hardly changes shows the image
or the question, not the model, and is not offered.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from inference.explain.attending import attend, spread
from inference.explain.faithfulness import rank_agreement, similarity
from inference.explain.methods import CANDIDATES, CASCADE, Method
from inference.explain.references import heads
from inference.models.predict import mirrored_logits
from inference.models.unet import OutlineNet

Grid = NDArray[np.float32]
Mask = NDArray[np.bool_]
MOST_ALIKE = 0.5
"""A method passes when rank correlation with its own map falls below this, weights all random."""


@dataclass(frozen=True, slots=True)
class SanityRow:
    """One method; ``rank`` and ``alike`` hold a mean over slices for each stage of the cascade."""

    method: Method
    rank: tuple[float, ...]
    alike: tuple[float, ...]

    @property
    def passed(self) -> bool:
        """Whether the map is another one once every weight is random."""
        return abs(self.rank[-1]) < MOST_ALIKE and self.alike[-1] < MOST_ALIKE


@dataclass(frozen=True, slots=True)
class SanityReport:
    """What came out; ``stages`` are the parts made random, each on top of those before it."""

    stages: tuple[str, ...]
    rows: tuple[SanityRow, ...]

    @property
    def offered(self) -> tuple[str, ...]:
        """Return the keys of the methods that pass."""
        return tuple(row.method.key for row in self.rows if row.passed)

    def lines(self) -> tuple[str, ...]:
        """Return the report as a table of rank correlations (and structural similarity)."""
        head = f"{'method':34s}" + "".join(f"{stage:>14s}" for stage in self.stages)
        body = [
            f"{row.method.key:34s}"
            + "".join(f"{r:7.2f} ({a:4.2f})" for r, a in zip(row.rank, row.alike, strict=True))
            + ("  passes" if row.passed else "  FAILS: not offered")
            for row in self.rows
        ]
        return (head, *body)


def sanity(
    networks: Sequence[OutlineNet],
    images: Grid,
    regions: Mask,
    methods: Sequence[Method] = CANDIDATES,
    seed: int = 0,
    *,
    at_once: bool = False,
) -> SanityReport:
    """Return how each method's map changes while the networks' weights are made random.

    Parameters
    ----------
    networks
        Members in evaluation mode; they are copied, not changed. One member is enough: the check
        is about methods on an architecture.
    images, regions
        A few network slices (n, side, side) and the region outlined on each, none of them empty.
    methods
        Which to check; by default all that could be offered.
    seed
        Of the random weights and the SHAP family's samples.
    at_once
        Make every part random before the maps are made again: one stage, called "all parts".
    """
    categories = _types(networks, images)
    head = heads(images, regions)
    side = images.shape[-1]

    def maps(asked: Sequence[OutlineNet]) -> dict[Method, Grid]:
        found = attend(asked, images, regions, categories, methods, seed=seed)
        return {method: spread(grid, side) for method, grid in found.items()}

    before = maps(networks)
    changed = [copy.deepcopy(network) for network in networks]
    stages = {"all parts": CASCADE} if at_once else {part: (part,) for part in CASCADE}
    ranks: dict[Method, list[float]] = {method: [] for method in methods}
    alike: dict[Method, list[float]] = {method: [] for method in methods}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for parts in stages.values():
            for network, part in product(changed, parts):
                forget(network.get_submodule(part))
            for method, after in maps(changed).items():
                pairs = list(zip(before[method], after, head, strict=True))
                ranks[method].append(float(np.mean([rank_agreement(*pair) for pair in pairs])))
                alike[method].append(float(np.mean([similarity(*pair) for pair in pairs])))
    rows = [SanityRow(m, tuple(ranks[m]), tuple(alike[m])) for m in methods]
    return SanityReport(tuple(stages), tuple(rows))


def forget(part: nn.Module) -> None:
    """Make the weights of a part of a network random, as they were before training."""
    for module in part.modules():
        reset = getattr(module, "reset_parameters", None)
        if reset is not None:
            reset()


def _types(networks: Sequence[OutlineNet], images: Grid) -> list[int]:
    _, whole = mirrored_logits(networks, images, mirrored=False)
    return [int(value) for value in 1 + whole[:, 1:].argmax(axis=1)]
