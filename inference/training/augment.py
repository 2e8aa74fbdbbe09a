"""Random changes of geometry and intensity, so that the network learns the lesion."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from inference.training.slices import SOURCE_MM, SOURCE_PX

_NONE_PX, _ENOUGH_PX = 4, 60
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Lens:
    """The network's window: ``side_px`` pixels of ``pixel_mm``."""

    side_px: int
    pixel_mm: float

    @property
    def reach(self) -> float:
        """The window's width as a share of the source image's."""
        return self.side_px * self.pixel_mm / (SOURCE_PX * SOURCE_MM)


def centred(images: Tensor, centres: Tensor, lens: Lens, mode: str = "bilinear") -> Tensor:
    """Return images (n, h, w) seen through ``lens`` on the middle of each head, unchanged else."""
    theta = torch.zeros(len(images), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = lens.reach
    theta[:, :, 2] = centres
    shape = [len(images), 1, lens.side_px, lens.side_px]
    grid = functional.affine_grid(theta, shape, align_corners=False)
    return functional.grid_sample(images[:, None], grid, mode=mode, align_corners=False)[:, 0]


def _spread(count: int, width: float, *shape: int) -> Tensor:
    return (torch.rand(count, *shape) - 0.5) * width


def _grids(centres: Tensor, lens: Lens, strength: Tensor, close: Tensor) -> Tensor:
    """Return sampling grids: rotation, scale, left-right flip, shift and a smooth warp.

    Where ``close``, the window is a part of the head at 0.4 to 0.75 of its size, anywhere in it.
    """
    count = len(centres)
    angle = _spread(count, 0.6) * strength
    zoom = torch.exp(_spread(count, 0.3) * strength)
    zoom = torch.where(close, 0.4 + 0.35 * torch.rand(count), zoom)
    flip = (torch.rand(count) < 0.5).float() * 2 - 1
    stretch = torch.exp(_spread(count, 0.16))
    across, down = lens.reach * zoom * stretch, lens.reach * zoom / stretch
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = torch.cos(angle) * across * flip
    theta[:, 0, 1] = -torch.sin(angle) * down
    theta[:, 1, 0] = torch.sin(angle) * across * flip
    theta[:, 1, 1] = torch.cos(angle) * down
    wander = torch.where(close[:, None], _spread(count, 0.9, 2), _spread(count, 0.2, 2))
    theta[:, :, 2] = centres + wander
    shape = [count, 1, lens.side_px, lens.side_px]
    grid = functional.affine_grid(theta, shape, align_corners=False)
    warp = torch.randn(count, 2, 6, 6) * 0.025 * torch.rand(count, 1, 1, 1)
    warp = functional.interpolate(warp, size=shape[2:], mode="bicubic", align_corners=False)
    return grid + warp.permute(0, 2, 3, 1) * zoom[:, None, None, None]


def _blur(images: Tensor) -> Tensor:
    """Return images of which a third lost resolution, as another scanner might give them."""
    side = images.shape[-1]
    small = functional.interpolate(images, scale_factor=0.5, mode="area")
    soft = functional.interpolate(small, size=(side, side), mode="bilinear", align_corners=False)
    chosen = (torch.rand(len(images), 1, 1, 1) < 0.33).float()
    share = chosen * torch.rand(len(images), 1, 1, 1)
    return images * (1 - share) + soft * share


def augment(
    images: Tensor, labels: Tensor, types: Tensor, centres: Tensor, lens: Lens
) -> tuple[Tensor, Tensor, Tensor]:
    """Return augmented images (n, 1, side, side), labels (n, side, side) and types (n).

    Rotation to 17 degrees, scale to 16 %, stretch, shift, warp, left-right flip, gamma, gain,
    offset, a smooth bias field, loss of resolution and noise; negatives change 1.5 times more. One
    image in eight becomes a close view of a part of the head: where nothing of the lesion is
    left on one its type is 0 (an honest view without lesion), where little is left it is IGNORED.
    """
    count, side = len(images), lens.side_px
    strength = torch.where(types == 0, 1.5, 1.0)
    close = torch.rand(count) < 0.12
    grid = _grids(centres, lens, strength, close)
    image = functional.grid_sample(images[:, None], grid, align_corners=False)
    label = functional.grid_sample(
        labels[:, None].float(), grid, mode="nearest", align_corners=False
    )[:, 0].long()
    area = (label > 0).sum((1, 2))
    types = torch.where(area <= _NONE_PX, torch.zeros_like(types), types)
    unclear = (area > _NONE_PX) & (area < _ENOUGH_PX) & close
    types = torch.where(unclear, torch.full_like(types, IGNORED), types)
    power = strength[:, None, None, None]
    image = image.clamp(0) ** torch.exp(_spread(count, 0.6, 1, 1, 1) * power)
    image = image * (1 + _spread(count, 0.3, 1, 1, 1)) + _spread(count, 0.1, 1, 1, 1)
    field = functional.interpolate(
        torch.randn(count, 1, 4, 4) * 0.12 * power, size=(side, side), mode="bicubic"
    )
    image = _blur(image * torch.exp(field))
    noise = torch.randn_like(image) * 0.04 * torch.rand(count, 1, 1, 1) ** 2
    return image + noise * power, label, types
