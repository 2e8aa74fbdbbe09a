"""The number a heat map explains."""

from __future__ import annotations

import torch
from torch import Tensor

from inference.explain.methods import Target
from inference.models.unet import OutlineNet


def answers(
    network: OutlineNet, batch: Tensor, regions: Tensor, categories: Tensor, target: Target
) -> Tensor:
    """Return the number each slice's map explains, shape (n).

    ``batch`` is (n, 1, side, side), ``regions`` (n, side, side) as 0 and 1, ``categories`` (n).
    """
    outline, whole = network(batch)
    rows = torch.arange(len(batch), device=batch.device)
    if target is Target.TYPE:
        return torch.as_tensor(whole[rows, categories])
    pixels = outline[rows, categories] * regions
    return torch.as_tensor(pixels.sum((1, 2)) / regions.sum((1, 2)).clamp(min=1))
