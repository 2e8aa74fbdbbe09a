"""Random changes of geometry and intensity, so that the network learns the lesion."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def _spread(count: int, width: float, *shape: int) -> Tensor:
    return (torch.rand(count, *shape) - 0.5) * width


def _grids(count: int, side: int, strength: Tensor) -> Tensor:
    """Return sampling grids of random rotation, scale, left-right flip and shift."""
    angle = _spread(count, 0.7) * strength
    scale = 1 + _spread(count, 0.4) * strength
    flip = (torch.rand(count) < 0.5).float() * 2 - 1
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = torch.cos(angle) * scale * flip
    theta[:, 0, 1] = -torch.sin(angle) * scale
    theta[:, 1, 0] = torch.sin(angle) * scale * flip
    theta[:, 1, 1] = torch.cos(angle) * scale
    theta[:, :, 2] = _spread(count, 0.2, 2) * strength[:, None]
    return functional.affine_grid(theta, [count, 1, side, side], align_corners=False)


def _blur(images: Tensor) -> Tensor:
    """Return images of which a third lost resolution, as another scanner might give them."""
    side = images.shape[-1]
    small = functional.interpolate(images, scale_factor=0.5, mode="area")
    soft = functional.interpolate(small, size=(side, side), mode="bilinear", align_corners=False)
    chosen = (torch.rand(len(images), 1, 1, 1) < 0.33).float()
    share = chosen * torch.rand(len(images), 1, 1, 1)
    return images * (1 - share) + soft * share


def augment(images: Tensor, labels: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
    """Return augmented images (n, 1, h, w) and labels (n, h, w); negatives change 1.5 times more.

    Rotation to 20 degrees, scale to 20 %, shift to 10 %, left-right flip, gamma, gain, offset,
    a smooth bias field, loss of resolution and noise.
    """
    count, side = len(images), images.shape[-1]
    strength = torch.where(negative, 1.5, 1.0)
    grid = _grids(count, side, strength)
    image = functional.grid_sample(images[:, None], grid, align_corners=False)
    label = functional.grid_sample(
        labels[:, None].float(), grid, mode="nearest", align_corners=False
    )[:, 0].long()
    power = strength[:, None, None, None]
    image = image.clamp(0) ** torch.exp(_spread(count, 0.9, 1, 1, 1) * power)
    image = image * (1 + _spread(count, 0.4, 1, 1, 1)) + _spread(count, 0.1, 1, 1, 1)
    field = functional.interpolate(
        torch.randn(count, 1, 4, 4) * 0.15 * power, size=(side, side), mode="bicubic"
    )
    image = _blur(image * torch.exp(field))
    return image + torch.randn_like(image) * 0.03 * torch.rand(count, 1, 1, 1) * power, label
