"""The anatomy of one accepted series, inside the worker process: torch lives here."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from inference.errors import WeightsError
from inference.models.anatomy_card import AnatomyPackage, read_anatomy
from inference.models.anatomy_net import GRID, PATCH, VOXEL_MM, AnatomyNet, places
from inference.models.cards import verified_weights
from inference.models.structures import (
    BRAIN,
    COUNT,
    INTRACRANIAL,
    OTHER_HEAD,
    STRUCTURES,
    VENTRICLES,
)
from inference.pipeline.anatomy_checks import (
    MOST_WITHHELD,
    Amounts,
    brain_touches,
    doubtful_structures,
    imprecise_structures,
    whole_head_doubt,
)
from inference.pipeline.anatomy_outcome import AnatomyOutcome, StructureVolume
from inference.pipeline.anatomy_prepare import (
    HeadGrid,
    Image,
    labels_on_series,
    middle_of_head,
    normalise_head,
    to_grid,
)
from inference.pipeline.options import EngineOptions
from inference.pipeline.progress import unheard
from viewer.ports import Progress
from viewer.records import Volume

_STANDARD = EngineOptions()
_FAR_MM = 5.0
_GREY = ("cerebral cortex", "thalamus", "caudate", "putamen", "pallidum", "hippocampus",
         "amygdala", "accumbens", "cerebellar cortex")  # fmt: skip
SUMS: dict[str, tuple[str, ...]] = {
    "grey matter": _GREY,
    "white matter": ("cerebral white matter", "cerebellar white matter"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The network's probabilities on its grid: of each structure, and of the left side."""

    likely: Image
    left: Image
    head: HeadGrid

    @property
    def classes(self) -> NDArray[np.int64]:
        """The likeliest structure of each voxel."""
        return np.asarray(self.likely.argmax(0), dtype=np.int64)


def load_anatomy(package: AnatomyPackage, device: torch.device) -> AnatomyNet:
    """Return the network of ``package``; raise WeightsError if the weights do not fit."""
    content = verified_weights(package.member)
    network = AnatomyNet(package.settings.channels)
    try:
        network.load_state_dict({key: value.float() for key, value in load(content).items()})
    except (SafetensorError, RuntimeError) as error:
        raise WeightsError(f"The weights of {package.card.name} do not fit the network.") from error
    return network.eval().to(device)


class AnatomyEngine:
    """A loaded anatomy network and the device it runs on."""

    def __init__(self, folder: Path, options: EngineOptions = _STANDARD) -> None:
        self.package = read_anatomy(folder)
        wanted = options.device in {"auto", "cuda"} and not options.deterministic
        self.device = torch.device("cuda" if wanted and torch.cuda.is_available() else "cpu")
        self.network = load_anatomy(self.package, self.device)

    def run(self, volume: Volume, progress: Progress) -> AnatomyOutcome:
        """Return the volumes and labels of ``volume``, which ``judge_anatomy`` has accepted."""
        progress(0.05, "resampling the head")
        answer = self.answer(volume, progress)
        progress(0.75, "drawing the structures")
        labels = labels_on_series(answer.likely, answer.left, answer.head, volume, STRUCTURES)
        progress(0.95, "measuring")
        return self._judged(answer, labels)

    def answer(self, volume: Volume, progress: Progress | None = None) -> Answer:
        """Return the network's answer on a grid centred on the brain it finds itself."""
        progress = progress or unheard
        middle = middle_of_head(volume)
        head = to_grid(volume, middle, GRID, VOXEL_MM)
        progress(0.1, "looking at the head")
        answer = self._look(head)
        better = _middle_of_brain(answer)
        if better is None or max(abs(np.array(better) - middle)) < _FAR_MM:
            return answer
        progress(0.4, "looking again, centred on the brain")
        return self._look(to_grid(volume, better, GRID, VOXEL_MM))

    def _look(self, head: HeadGrid) -> Answer:
        likely, left = structure_chances(self.network, head.image)
        return Answer(likely, left, head)

    def _judged(self, answer: Answer, labels: NDArray[np.uint8]) -> AnatomyOutcome:
        amounts = amounts_of(answer)
        classes = answer.classes
        inside = np.isin(classes, BRAIN)
        confidence = float(answer.likely.max(0)[inside].mean()) if inside.any() else 0.0
        scores = {
            "mean_probability": confidence,
            "brain_ml": amounts.brain,
            "intracranial_ml": amounts.intracranial,
        }
        doubt = whole_head_doubt(amounts, confidence, self.package.settings.least_confidence)
        if not doubt and brain_touches(labels):
            doubt = "the brain reaches the edge of the picture, so part of it may be missing"
        withheld = {} if doubt else doubtful_structures(amounts, classes, answer.left > 0.5)
        if len(withheld) > MOST_WITHHELD:
            doubt = f"{len(withheld)} structures do not look as they should"
        if doubt:
            return AnatomyOutcome(reason=f"Not measured, because {doubt}.", scores=scores)
        errors = self.package.settings.volume_error
        withheld |= imprecise_structures(errors)
        volumes = volumes_of(amounts, withheld, errors)
        return AnatomyOutcome("", volumes, labels, withheld, scores)


@torch.inference_mode()
def structure_chances(network: AnatomyNet, image: Image) -> tuple[Image, Image]:
    """Return probabilities (classes, d, h, w) and of left (d, h, w).

    Looked at in overlapping patches, each beside its mirror image, and blended.
    """
    device = next(network.parameters()).device
    likely = torch.zeros(COUNT, *image.shape)
    left, total = torch.zeros(image.shape), torch.zeros(image.shape)
    for tile in tiles(image.shape):
        shape = tuple(part.stop - part.start for part in tile)
        middle = tuple(
            ((part.start + part.stop) / 2 - n / 2) * VOXEL_MM
            for part, n in zip(tile, image.shape, strict=True)
        )
        given = torch.from_numpy(normalise_head(image[tile]))[None, None].to(device)
        place = places(shape, middle, VOXEL_MM).to(device)
        back = places(shape, (*middle[:2], -middle[2]), VOXEL_MM).to(device)
        logits, on_left = network(given, place)
        back_logits, back_left = network(given.flip(4), back)
        weight = _window(shape)
        chances = (logits.softmax(1) + back_logits.flip(4).softmax(1))[0] / 2
        likely[(slice(None), *tile)] += chances.float().cpu() * weight
        sides = (on_left.sigmoid() + 1 - back_left.flip(3).sigmoid())[0] / 2
        left[tile] += sides.float().cpu() * weight
        total[tile] += weight
    return (likely / total).numpy(), (left / total).numpy()


def tiles(shape: tuple[int, ...]) -> list[tuple[slice, ...]]:
    """Return the patches that cover a grid, as few as can be, evenly overlapping."""
    axes = []
    for length, patch in zip(shape, PATCH, strict=True):
        size = min(length, patch)
        count = math.ceil(length / size)
        starts = np.linspace(0, length - size, count).round().astype(int)
        axes.append([slice(int(start), int(start) + size) for start in starts])
    return list(itertools.product(*axes))


def _window(shape: tuple[int, ...]) -> Tensor:
    """Return a weight that is one in the middle of a patch and small at its border."""
    weight = torch.ones(())
    for length in shape:
        away = (torch.arange(length) - (length - 1) / 2).abs() / (length / 2)
        weight = weight[..., None] * (1 - away).clamp(min=0.05)
    return weight


def amounts_of(answer: Answer) -> Amounts:
    """Return the volumes in ml: sums of probabilities, so that a shared voxel is shared."""
    voxel_ml = answer.head.voxel_mm**3 / 1000
    sides: dict[tuple[str, str], float] = {}
    for number, structure in enumerate(STRUCTURES):
        if number <= OTHER_HEAD:
            continue
        if not structure.paired:
            sides[structure.name, ""] = float(answer.likely[number].sum()) * voxel_ml
            continue
        on_left = float((answer.likely[number] * (answer.left > 0.5)).sum())
        whole = float(answer.likely[number].sum())
        sides[structure.name, "left"] = on_left * voxel_ml
        sides[structure.name, "right"] = (whole - on_left) * voxel_ml
    solid = [n for n in BRAIN if n not in VENTRICLES]
    brain = float(answer.likely[solid].sum()) * voxel_ml
    intracranial = float(answer.likely[list(INTRACRANIAL)].sum()) * voxel_ml
    return Amounts(sides, brain, intracranial)


def volumes_of(
    amounts: Amounts, withheld: dict[str, str], errors: Mapping[str, float]
) -> tuple[StructureVolume, ...]:
    """Return the reported volumes: the skull's content, the brain, its tissues, each structure."""

    def volume(name: str, side: str, ml: float) -> StructureVolume:
        return StructureVolume(name, side, ml, ml / amounts.intracranial, errors.get(name))

    found = [
        volume("intracranial", "", amounts.intracranial),
        volume("brain without ventricles", "", amounts.brain),
    ]
    for name, parts in SUMS.items():
        ml = sum(value for (part, _), value in amounts.sides.items() if part in parts)
        found.append(volume(name, "", ml))
    found += [
        volume(name, side, ml) for (name, side), ml in amounts.sides.items() if name not in withheld
    ]
    return tuple(found)


def _middle_of_brain(answer: Answer) -> tuple[float, float, float] | None:
    """Return LPS+ mm of the middle of the box around the brain, a hundredth left out each way."""
    where = np.argwhere(np.isin(answer.classes, BRAIN))
    if len(where) < 20_000:
        return None
    low, high = np.quantile(where, (0.002, 0.998), axis=0)
    middle = ((low + high) / 2)[::-1]
    point = answer.head.affine @ np.array([*middle, 1.0])
    return float(point[0]), float(point[1]), float(point[2])
