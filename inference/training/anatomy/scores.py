"""How well the anatomy network does on synthetic heads it never saw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from inference.models.anatomy_net import AnatomyNet
from inference.models.structures import BRAIN, DEEP, STRUCTURES
from inference.training.anatomy.maps import HeadMap
from inference.training.anatomy.synthesis import Sample, Synthesis

SCORING_SEED = 900_000_000


@torch.inference_mode()
def answer(network: AnatomyNet, sample: Sample) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the most likely class and whether it is on the left, each (d, h, w)."""
    image = sample.image.contiguous(memory_format=torch.channels_last_3d)
    with torch.autocast("cpu", torch.bfloat16):
        logits, left = network(image)
    return logits[0].argmax(0).numpy(), (left[0] > 0).numpy()


def overlap(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return the Dice overlap of two masks; 1 where both are empty."""
    total = int(found.sum() + truth.sum())
    return 2 * int((found & truth).sum()) / total if total else 1.0


def structure_dice(
    classes: NDArray[np.int64], left: NDArray[np.bool_], sample: Sample
) -> dict[str, float]:
    """Return Dice per structure (paired ones as the mean of both sides, the side counted)."""
    truth, sides = sample.classes[0].numpy(), sample.sides[0].numpy()
    scores: dict[str, float] = {}
    for number, structure in enumerate(STRUCTURES):
        found, real = classes == number, truth == number
        if structure.paired:
            scores[structure.name] = float(
                np.mean(
                    [
                        overlap(found & left, real & (sides == 1)),
                        overlap(found & ~left, real & (sides == 0)),
                    ]
                )
            )
        else:
            scores[structure.name] = overlap(found, real)
    scores["brain mask"] = overlap(np.isin(classes, BRAIN), np.isin(truth, BRAIN))
    return scores


def synthetic_scores(
    network: AnatomyNet, heads: Sequence[HeadMap], synthesis: Synthesis, draws: int = 2
) -> dict[str, float]:
    """Return the mean Dice per structure over ``draws`` fixed samples of each head."""
    rows: list[dict[str, float]] = []
    for head in heads:
        for draw in range(draws):
            sample = synthesis.draw(head, SCORING_SEED + 100 * head.number + draw)
            rows.append(structure_dice(*answer(network, sample), sample))
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def mean_dice(scores: dict[str, float]) -> float:
    """Return the mean Dice of the deep structures."""
    return float(np.mean([scores[STRUCTURES[number].name] for number in DEEP]))
