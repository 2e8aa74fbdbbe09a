"""Every held-out slice seen by the one member that never saw its fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from inference.models.predict import scaled_logits
from inference.models.unet import OutlineNet
from inference.pipeline.components import Component, find_components, lesion_probability
from inference.training.augment import Lens
from inference.training.scores import dice, seen_through
from inference.training.slices import FOLDS, SliceSet, held_out_slices, native_outlines

Values = NDArray[np.float64]
# Cheng's slices are 6 mm thick with a gap of 1 mm.
SLICE_GAP_MM = 7.0
NATIVE_PX = 512
TRUE_SHARE = 0.2
_BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """One region a member drew on a held-out slice, and whether it lies on the lesion."""

    slice_index: int
    component: Component
    true: bool


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What one member said of its fold; arrays have one row per slice.

    ``dice`` is taken on the source's own 512 x 512 pixels. ``type_logits`` (n, 3) are those of
    the whole slice (see slice_type_logits); ``types`` 1..3.
    """

    fold: int
    ids: tuple[str, ...]
    types: NDArray[np.int64]
    dice: Values
    hit: NDArray[np.bool_]
    type_logits: Values
    regions: tuple[Region, ...]


def slice_type_logits(outline: NDArray[np.float32], whole: NDArray[np.float32]) -> Values:
    """Return (n, 3): mean of the slice head's type logits and the pixels', weighted by lesion."""
    lesion = lesion_probability(outline)[:, None]
    by_pixel = (outline[:, 1:] * lesion).sum((2, 3)) / (lesion.sum((2, 3)) + 1e-6)
    return np.asarray((by_pixel + whole[:, 1:]) / 2, dtype=np.float64)


def native_masks(
    lesion: NDArray[np.float32], centres: NDArray[np.float32], lens: Lens
) -> NDArray[np.bool_]:
    """Return where the probability on the network's grid passes one half, on 512 x 512 pixels."""
    theta = torch.zeros(len(lesion), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1 / lens.reach
    theta[:, :, 2] = torch.from_numpy(-centres / lens.reach)
    shape = [len(lesion), 1, NATIVE_PX, NATIVE_PX]
    grid = functional.affine_grid(theta, shape, align_corners=False)
    native = functional.grid_sample(torch.from_numpy(lesion)[:, None], grid, align_corners=False)
    return np.asarray(native[:, 0].numpy() >= 0.5)


def judge_fold(
    network: OutlineNet,
    fold: int,
    held_out: SliceSet,
    folder: Path,
    lens: Lens,
    scales: Sequence[float],
) -> HeldOut:
    """Return what ``network`` says of ``held_out``, whose outlines lie in ``folder``."""
    overlaps, hits, logits, regions = [], [], [], []
    for first in range(0, len(held_out), _BATCH):
        part = held_out.part(slice(first, first + _BATCH))
        images, truth = seen_through(part, lens)
        outline, whole = scaled_logits((network,), images, scales)
        lesion = lesion_probability(outline)
        overlaps.append(
            dice(native_masks(lesion, part.centres, lens), native_outlines(folder, part.ids))
        )
        hits.append(((lesion >= 0.5) & truth).any((1, 2)))
        logits.append(slice_type_logits(outline, whole))
        regions += _regions(outline, whole, truth, first, lens.pixel_mm)
    return HeldOut(
        fold,
        held_out.ids,
        held_out.types,
        np.concatenate(overlaps),
        np.concatenate(hits),
        np.concatenate(logits),
        tuple(regions),
    )


def _regions(
    outline: NDArray[np.float32],
    whole: NDArray[np.float32],
    truth: NDArray[np.bool_],
    first: int,
    pixel_mm: float,
) -> list[Region]:
    """Return every region of every slice; true if a fifth of it lies on the outlined lesion."""
    regions = []
    for k in range(len(outline)):
        found, values = find_components(
            outline[k : k + 1], whole[k : k + 1], pixel_mm, SLICE_GAP_MM
        )
        for component in found:
            share = truth[k][values[0] == component.value].mean()
            regions.append(Region(first + k, component, bool(share >= TRUE_SHARE)))
    return regions


def cross_validate(
    networks: tuple[OutlineNet, ...],
    folder: Path,
    lens: Lens,
    scales: Sequence[float],
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[HeldOut, ...]:
    """Return what each member said of the fold it never saw; ``networks`` in order of the folds."""
    judged = []
    for fold, network in zip(FOLDS, networks, strict=True):
        held_out = held_out_slices(folder, fold)
        judged.append(judge_fold(network, fold, held_out, folder, lens, scales))
        tell(f"fold {fold}: Dice {judged[-1].dice.mean():.3f} on {len(held_out)} slices")
    return tuple(judged)
