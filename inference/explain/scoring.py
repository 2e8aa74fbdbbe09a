"""A map's faithfulness scores, asked of the very networks it explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from inference.explain.attending import attend, spread
from inference.explain.faithfulness import (
    Score,
    against_random,
    agreement,
    energy_share,
    points_inside,
)
from inference.explain.methods import Method, Target
from inference.explain.references import heads
from inference.models.predict import mirrored_logits
from inference.models.unet import OutlineNet

Grid = NDArray[np.float32]
Mask = NDArray[np.bool_]
NOISE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A method's maps (n, rows, columns) of slices and of their mirror images, turned back."""

    straight: Grid
    mirrored: Grid

    @property
    def native(self) -> Grid:
        """The mean of both: what is shown, since the network's answer is such a mean too."""
        return np.asarray((self.straight + self.mirrored) / 2, dtype=np.float32)


def look(
    networks: Sequence[OutlineNet],
    images: Grid,
    regions: Mask,
    categories: Sequence[int],
    methods: Sequence[Method],
) -> dict[Method, Looked]:
    """Return each method's maps of the slices and of their mirror images."""
    straight = attend(networks, images, regions, categories, methods)
    flipped = images[:, :, ::-1].copy(), regions[:, :, ::-1].copy()
    mirrored = attend(networks, *flipped, categories, methods, seed=1)
    return {m: Looked(straight[m], mirrored[m][:, :, ::-1].copy()) for m in methods}


def scores_of(
    networks: Sequence[OutlineNet],
    image: Grid,
    region: Mask,
    category: int,
    method: Method,
    looked: Looked,
) -> dict[str, float]:
    """Return the scores of one slice's map.

    ``image`` and ``region`` are (side, side); ``looked`` holds that slice alone. The noise has a
    fortieth of the slice's range, and moves the SHAP family's samples too.
    """
    side = image.shape[-1]
    heat, straight, mirrored = (
        spread(grid, side)[0] for grid in (looked.native, looked.straight, looked.mirrored)
    )
    head = heads(image[None], region[None])[0]
    noise = np.random.default_rng(0).normal(0, NOISE, image.shape).astype(np.float32)
    given = (region[None], [category], [method])
    moved = spread(attend(networks, (image + noise)[None], *given, seed=2)[method], side)[0]
    rows, columns = looked.native.shape[1:]
    return {
        **against_random(
            image, heat, head, answer_of(networks, region, category, method.target), (rows, columns)
        ),
        "inside_outline": energy_share(heat, region),
        "outline_share_of_head": float(region.sum() / head.sum()),
        "inside_head": energy_share(heat, head),
        "points_inside": float(points_inside(heat, region)),
        "flip_agreement": agreement(straight, mirrored, head),
        "noise_agreement": agreement(straight, moved, head),
    }


def answer_of(networks: Sequence[OutlineNet], region: Mask, category: int, target: Target) -> Score:
    """Return the function that gives the explained answer to slices, as a probability.

    For the outline the mean probability of the type inside the region, for the type the slice
    head's.
    """

    def score(images: Grid) -> NDArray[np.float64]:
        outline, whole = mirrored_logits(networks, images, mirrored=False)
        if target is Target.TYPE:
            return np.asarray(special.softmax(whole.astype(np.float64), axis=1)[:, category])
        inside = outline[:, :, region].astype(np.float64)
        return np.asarray(special.softmax(inside, axis=1)[:, category].mean(axis=1))

    return score
