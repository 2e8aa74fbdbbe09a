"""What the network is punished for."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from inference.training.augment import IGNORED

PIXEL_WEIGHTS = (0.6, 1.5, 1.0, 1.2)
SLICE_WEIGHT = 0.5


def outline_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return cross-entropy + Dice of the whole lesion per slice + half of Dice per type.

    ``logits`` (n, 4, h, w), ``labels`` (n, h, w). Soft Dice after Milletari 2016
    (doi:10.1109/3DV.2016.79).
    """
    log_chances = functional.log_softmax(logits, 1)
    chances = log_chances.exp()
    weights = torch.tensor(PIXEL_WEIGHTS)[labels]
    true = log_chances.gather(1, labels[:, None])[:, 0]
    pixels = -(true * weights).sum() / weights.sum()
    lesion, truth = 1 - chances[:, 0], (labels > 0).float()
    overlap = (lesion * truth).sum((1, 2))
    whole = 1 - (2 * overlap + 1) / (lesion.sum((1, 2)) + truth.sum((1, 2)) + 1)
    typed = [_typed(chances[:, kind], labels == kind) for kind in range(1, logits.shape[1])]
    return pixels + whole.mean() + 0.5 * torch.stack(typed).mean()


def _typed(chances: Tensor, truth: Tensor) -> Tensor:
    shared = (chances * truth).sum()
    return 1 - (2 * shared + 1) / (chances.sum() + truth.sum() + 1)


def total_loss(outline: Tensor, whole_slice: Tensor, labels: Tensor, types: Tensor) -> Tensor:
    """Return the outline's loss plus the weighted cross-entropy of the slice-level head."""
    slice_loss = functional.cross_entropy(
        whole_slice, types, label_smoothing=0.05, ignore_index=IGNORED
    )
    return outline_loss(outline, labels) + SLICE_WEIGHT * slice_loss
