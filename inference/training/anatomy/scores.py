"""How well the anatomy network does on synthetic heads it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.models.anatomy_net import AnatomyNet
from inference.models.structures import BRAIN, DEEP, OTHER_HEAD, STRUCTURES
from inference.pipeline.anatomy import Answer, amounts_of, structure_chances
from inference.pipeline.anatomy_prepare import HeadGrid
from inference.training.anatomy.maps import HeadMap
from inference.training.anatomy.synthesis import Sample, Synthesis

SCORING_SEED = 900_000_000


@dataclass(frozen=True, slots=True)
class HeadScore:
    """One synthetic head: Dice by structure, signed share of volume off, mean probability."""

    dice: dict[str, float]
    volume_off: dict[str, float]
    confidence: float


def overlap(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return the Dice overlap of two masks; 1 where both are empty."""
    total = int(found.sum() + truth.sum())
    return 2 * int((found & truth).sum()) / total if total else 1.0


def score(network: AnatomyNet, sample: Sample, voxel_mm: float) -> HeadScore:
    """Return how the network's answer to ``sample`` compares with its true labels."""
    likely, left = structure_chances(network, sample.image[0, 0].numpy())
    truth, sides = sample.classes[0].numpy(), sample.sides[0].numpy()
    answer = Answer(likely, left, HeadGrid(sample.image[0, 0].numpy(), np.eye(4), voxel_mm))
    brain = np.isin(answer.classes, BRAIN)
    confidence = float(likely.max(0)[brain].mean()) if brain.any() else 0.0
    return HeadScore(
        structure_dice(answer, truth, sides), volumes_off(answer, truth, sides), confidence
    )


def structure_dice(
    answer: Answer, truth: NDArray[np.int64], sides: NDArray[np.int64]
) -> dict[str, float]:
    """Return Dice per structure; a paired one counts as the mean of both sides, side included."""
    classes, on_left = answer.classes, answer.left > 0.5
    scores: dict[str, float] = {}
    for number, structure in enumerate(STRUCTURES):
        found, real = classes == number, truth == number
        if not structure.paired:
            scores[structure.name] = overlap(found, real)
            continue
        both = (
            overlap(found & on_left, real & (sides == 1)),
            overlap(found & ~on_left, real & (sides == 0)),
        )
        scores[structure.name] = float(np.mean(both))
    scores["brain mask"] = overlap(np.isin(classes, BRAIN), np.isin(truth, BRAIN))
    return scores


def volumes_off(
    answer: Answer, truth: NDArray[np.int64], sides: NDArray[np.int64]
) -> dict[str, float]:
    """Return by how much of its true volume each (structure, side) is too large."""
    voxel_ml = answer.head.voxel_mm**3 / 1000
    found = amounts_of(answer)
    off: dict[str, float] = {}
    for number, structure in enumerate(STRUCTURES):
        if number <= OTHER_HEAD:
            continue
        for side, value in (("left", 1), ("right", 0)) if structure.paired else (("", -1),):
            real = float(((truth == number) & (sides == value)).sum()) * voxel_ml
            if real > 0:
                label = f"{side} {structure.name}".strip()
                off[label] = found.sides[structure.name, side] / real - 1
    solid = [n for n in BRAIN if "ventricle" not in STRUCTURES[n].name]
    off["brain without ventricles"] = found.brain / (np.isin(truth, solid).sum() * voxel_ml) - 1
    inside = np.isin(truth, (2, *BRAIN)).sum() * voxel_ml
    off["intracranial"] = found.intracranial / inside - 1
    return off


def synthetic_scores(
    network: AnatomyNet, heads: Sequence[HeadMap], synthesis: Synthesis, draws: int = 2
) -> list[HeadScore]:
    """Return the scores of ``draws`` fixed samples of each head."""
    return [
        score(
            network,
            synthesis.draw(head, SCORING_SEED + 100 * head.number + draw),
            synthesis.voxel_mm,
        )
        for head in heads
        for draw in range(draws)
    ]


def mean_scores(scores: Sequence[HeadScore]) -> dict[str, float]:
    """Return the mean Dice of each structure."""
    return {name: float(np.mean([s.dice[name] for s in scores])) for name in scores[0].dice}


def deep_dice(scores: Sequence[HeadScore]) -> float:
    """Return the mean Dice of the deep structures."""
    means = mean_scores(scores)
    return float(np.mean([means[STRUCTURES[number].name] for number in DEEP]))
