"""A clinic's network asked about a whole series: slice by slice, or block by block."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.errors import OwnModelError
from inference.models.own.networks import OwnNetwork, expected, probabilities
from inference.models.own.records import OwnCard, Task
from inference.pipeline.prepare import Image, normalise
from viewer.ports import Progress

Grid = NDArray[np.float32]
BATCH = 4


def zscore(images: Image) -> Image:
    """Return (n, h, w) with mean 0 and deviation 1 over what is brighter than nothing."""
    shown = images[images > 0]
    if not shown.size:
        return images
    return np.asarray((images - shown.mean()) / (shown.std() + 1e-6), dtype=np.float32)


def ranged(images: Image) -> Image:
    """Return (n, h, w) with the volume's quantiles 0.005 and 0.995 at 0 and 1, clipped there."""
    low, high = np.quantile(images, (0.005, 0.995))
    return np.asarray(np.clip((images - low) / (high - low + 1e-6), 0, 1), dtype=np.float32)


NORMALISERS = {"quantiles": normalise, "zscore": zscore, "range": ranged}


def asked(
    network: OwnNetwork, card: OwnCard, images: Image, gap_mm: float, progress: Progress
) -> Grid:
    """Return probabilities (slices, findings' classes, side, side), or (slices, classes).

    Parameters
    ----------
    images
        Normalised slices (slices, side, side) at the card's pixel size.
    gap_mm
        Distance between slices.

    Raises
    ------
    OwnModelError
        if an answer is of another shape than the card says, or no probability.
    """
    if card.input.dimensions == 3:
        return _in_blocks(network, card, images, gap_mm, progress)
    found = []
    for first in range(0, len(images), BATCH):
        batch = images[first : first + BATCH, None]
        found.append(_one(network, card, batch))
        done = min(first + BATCH, len(images))
        progress(done / len(images), f"looking at slice {done} of {len(images)}")
    return np.concatenate(found)


def _one(network: OwnNetwork, card: OwnCard, batch: Grid) -> Grid:
    answer = network.answer(np.ascontiguousarray(batch, dtype=np.float32))
    wanted = expected(card, len(batch))
    if card.task is Task.CLASSIFY:
        answer = answer.reshape(answer.shape[:2]) if answer.size == np.prod(wanted) else answer
    if answer.shape != wanted:
        raise OwnModelError(f"The model answers {answer.shape}; its card says {wanted}.")
    return probabilities(answer, card.output.activation)


def _in_blocks(
    network: OwnNetwork, card: OwnCard, images: Image, gap_mm: float, progress: Progress
) -> Grid:
    """Resample along the slices, look at overlapping blocks, average, and come back."""
    depth = card.input.depth_px
    there, back = between(len(images), gap_mm, card.input.slice_mm, depth)
    stack = np.tensordot(there, images, axes=1).astype(np.float32)
    last = len(stack) - depth
    starts = sorted({*range(0, last + 1, depth // 2), last})
    sums = np.zeros((len(stack), len(card.output.findings), *stack.shape[1:]), np.float32)
    times = np.zeros(len(stack), np.float32)
    for number, first in enumerate(starts, start=1):
        answer = _one(network, card, stack[None, None, first : first + depth])[0]
        sums[first : first + depth] += answer.transpose(1, 0, 2, 3)
        times[first : first + depth] += 1
        progress(number / len(starts), f"looking at block {number} of {len(starts)}")
    sums /= times[:, None, None, None]
    return np.tensordot(back, sums, axes=1).astype(np.float32)


def between(count: int, gap_mm: float, slice_mm: float, depth: int) -> tuple[Grid, Grid]:
    """Return weights from ``count`` slices to a stack ``slice_mm`` apart, and back to them.

    The stack is at least ``depth`` long and shares its middle with the slices; both ways are
    linear, and beyond the ends the last slice is repeated.
    """
    length = max(depth, round((count - 1) * gap_mm / slice_mm) + 1)
    there = (np.arange(length) - (length - 1) / 2) * slice_mm / gap_mm + (count - 1) / 2
    back = (np.arange(count) - (count - 1) / 2) * gap_mm / slice_mm + (length - 1) / 2
    return _linear(there, count), _linear(back, length)


def _linear(positions: NDArray[np.floating[Any]], count: int) -> Grid:
    inside = np.clip(positions, 0, count - 1)
    distance = np.abs(inside[:, None] - np.arange(count)[None])
    return np.asarray(np.maximum(1 - distance, 0), dtype=np.float32)
