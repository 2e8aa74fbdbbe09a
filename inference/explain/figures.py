"""How good the methods are on slices whose lesion was outlined by hand, against two baselines.

The baselines know nothing of the network: random maps, and Sobel's edges of the image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.explain.attending import spread
from inference.explain.faithfulness import (
    against_random,
    edge_map,
    energy_share,
    points_inside,
    random_map,
)
from inference.explain.grading import grade
from inference.explain.methods import CANDIDATES, Method, Target
from inference.explain.references import heads
from inference.explain.scoring import Looked, answer_of, look, scores_of
from inference.models.predict import mirrored_logits
from inference.models.unet import OutlineNet
from inference.records import Grade

Grid = NDArray[np.float32]
Mask = NDArray[np.bool_]
_SMALLEST_PX = 20
_COARSE = (12, 12)
COLUMNS = (
    "pointing",
    "energy_in_mask",
    "deletion",
    "insertion",
    "deletion_over_random",
    "insertion_over_random",
    "flip_agreement",
    "noise_agreement",
    "inside_head",
    "good",
    "fair",
    "low",
)


@dataclass(frozen=True, slots=True, eq=False)
class Outlined:
    """Network slices (n, side, side) that a network never saw, with the lesion's mask on each."""

    images: Grid
    masks: Mask


def heat_figures(
    networks_by_fold: Mapping[int, Sequence[OutlineNet]],
    data: Mapping[int, Outlined],
    count: int = 100,
    seed: int = 0,
    methods: Sequence[Method] = CANDIDATES,
) -> dict[str, dict[str, float]]:
    """Return for each method and baseline the mean of COLUMNS over ``count`` slices in all.

    A slice counts where the network marked something on it; ``slices`` says how many did, and
    ``mask_share_of_head`` what energy an even map would have in the mask. Pointing and energy
    are against the mask drawn by hand, not against the network's own outline.

    Parameters
    ----------
    networks_by_fold
        For each held-out fold the members that were not trained on it.
    data
        For each fold its own slices.
    """
    rows: dict[str, list[dict[str, float]]] = {}
    each = max(1, count // len(networks_by_fold))
    for fold, networks in networks_by_fold.items():
        chosen = np.random.default_rng([seed, fold]).permutation(len(data[fold].images))[:each]
        for index in sorted(chosen):
            found = _slice(networks, data[fold].images[index], data[fold].masks[index], methods)
            for name, row in found.items():
                rows.setdefault(name, []).append(row)
    return {name: _means(found) for name, found in rows.items()}


def table(figures: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    """Return the figures as lines to be printed."""
    names = [name.replace("_over_random", " gain").replace("_", " ") for name in COLUMNS]
    head = f"{'heat map':34s}" + "".join(f"{name:>16s}" for name in names) + f"{'slices':>8s}"
    lines = [head]
    for name, row in figures.items():
        values = "".join(
            f"{row[c]:16.3f}" if np.isfinite(row.get(c, np.nan)) else f"{'':16s}" for c in COLUMNS
        )
        lines.append(f"{name:34s}{values}{row['slices']:8.0f}")
    return tuple(lines)


def _slice(
    networks: Sequence[OutlineNet], image: Grid, mask: Mask, methods: Sequence[Method]
) -> dict[str, dict[str, float]]:
    outline, whole = mirrored_logits(networks, image[None])
    region = np.asarray(outline[0].argmax(0) > 0)
    if region.sum() < _SMALLEST_PX:
        return {}
    category = 1 + int(whole[0, 1:].argmax())
    rows = {
        method.key: _of_method(networks, image, region, mask, category, method, looked)
        for method, looked in look(networks, image[None], region[None], [category], methods).items()
    }
    head = heads(image[None], region[None])[0]
    chance = random_map(_COARSE, image.shape[-1], np.random.default_rng(int(mask.sum())))
    for name, heat in (("random", chance), ("edges", edge_map(image))):
        for target in Target:
            score = answer_of(networks, region, category, target)
            areas = against_random(image, heat, head, score, _COARSE)
            rows[f"{target.value}/{name}"] = {
                **areas,
                "inside_head": energy_share(heat, head),
                **_against(heat, mask, head),
            }
    return rows


def _of_method(
    networks: Sequence[OutlineNet],
    image: Grid,
    region: Mask,
    mask: Mask,
    category: int,
    method: Method,
    looked: Looked,
) -> dict[str, float]:
    scores = scores_of(networks, image, region, category, method, looked)
    found, _ = grade(scores)
    head = heads(image[None], region[None])[0]
    shown = spread(looked.native, image.shape[-1])[0]
    grades = {one.value: float(one is found) for one in (Grade.GOOD, Grade.FAIR, Grade.LOW)}
    return {**scores, **_against(shown, mask, head), **grades}


def _against(heat: Grid, mask: Mask, head: Mask) -> dict[str, float]:
    return {
        "pointing": float(points_inside(heat, mask)),
        "energy_in_mask": energy_share(heat, mask),
        "mask_share_of_head": float(mask.sum() / head.sum()),
    }


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each score over the slices that have it."""
    made = {"slices": float(len(rows))}
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        values = values[np.isfinite(values)]
        made[name] = round(float(values.mean()), 4) if len(values) else float("nan")
    return made
