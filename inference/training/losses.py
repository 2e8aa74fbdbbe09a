"""What the network is punished for."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from inference.training.augment import IGNORED

PIXEL_WEIGHTS = (0.3, 1.5, 1.0, 1.2)
SLICE_WEIGHT = 0.5


def outline_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return cross-entropy + Dice of the whole lesion per slice + half of Dice per type.

    ``logits`` (n, 4, h, w), ``labels`` (n, h, w). Soft Dice after Milletari 2016
    (doi:10.1109/3DV.2016.79).
    """
    probabilities = logits.softmax(1)
    hot = functional.one_hot(labels, logits.shape[1]).permute(0, 3, 1, 2).float()
    lesion, truth = 1 - probabilities[:, 0], (labels > 0).float()
    overlap = (lesion * truth).sum((1, 2))
    whole = 1 - (2 * overlap + 1) / (lesion.sum((1, 2)) + truth.sum((1, 2)) + 1)
    shared = (probabilities * hot).sum((0, 2, 3))[1:]
    total = (probabilities + hot).sum((0, 2, 3))[1:]
    typed = 1 - (2 * shared + 1) / (total + 1)
    weights = torch.tensor(PIXEL_WEIGHTS)
    pixels = functional.cross_entropy(logits, labels, weights)
    return pixels + whole.mean() + 0.5 * typed.mean()


def total_loss(outline: Tensor, whole_slice: Tensor, labels: Tensor, types: Tensor) -> Tensor:
    """Return the outline's loss plus the weighted cross-entropy of the slice-level head."""
    slice_loss = functional.cross_entropy(
        whole_slice, types, label_smoothing=0.05, ignore_index=IGNORED
    )
    return outline_loss(outline, labels) + SLICE_WEIGHT * slice_loss
