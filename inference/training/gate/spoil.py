"""What scanners, coils, patients and file formats do to a picture, at random, a batch at a time.

Everything here is applied to real and synthetic pictures of every kind alike, so that none of it
tells the network where a picture came from.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from inference.models.gate_net import ARTEFACTS, SIDE_PX

CANVAS_PX = 160
_MOTION, _NOISE, _WRAP = range(len(ARTEFACTS))


class Chance:
    """Random numbers of one batch, all from one seed; ``alike`` for slices of one series."""

    def __init__(self, seed: int, count: int, *, alike: bool = False) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.count = count
        self._drawn = 1 if alike else count

    def between(self, low: float, high: float) -> Tensor:
        """Return one number per picture, (n, 1, 1)."""
        drawn = torch.rand(self._drawn, 1, 1, generator=self.generator).expand(self.count, 1, 1)
        return low + (high - low) * drawn

    def happens(self, share: float) -> Tensor:
        """Return for ``share`` of the pictures 1, else 0, as (n, 1, 1)."""
        drawn = torch.rand(self._drawn, 1, 1, generator=self.generator).expand(self.count, 1, 1)
        return (drawn < share).float()

    def normal(self, *shape: int) -> Tensor:
        """Return normal noise of (n, *shape)."""
        return torch.randn(self.count, *shape, generator=self.generator)


def spoil(
    pictures: Tensor, coarse: Tensor, chance: Chance, harm: float = 1.0
) -> tuple[Tensor, Tensor]:
    """Return (n, 128, 128) pictures ready for the network, and which artefacts are marked.

    ``pictures`` is (n, 160, 160), not negative, 2 mm a pixel; ``coarse`` (n,) is 1 where the
    sequence is echo-planar and so of low resolution. ``harm`` scales how many pictures are spoilt.
    Marks are (n, 3) in the order of ARTEFACTS.
    """
    pictures = _scaled(pictures)
    pictures = pictures * _bias(chance)
    pictures = _field_of_view(pictures, chance)
    pictures = _warp(pictures, chance)
    pictures, moved = _acquire(pictures, coarse, chance, harm)
    pictures, wrapped = _wrap(pictures, chance, harm)
    pictures, noisy = _add_noise(pictures, chance, harm)
    pictures = _window(pictures, chance)
    marks = torch.stack([moved, noisy, wrapped], dim=1)
    return normalise(pictures), marks


def _scaled(pictures: Tensor) -> Tensor:
    flat, _ = pictures[:, ::4, ::4].flatten(1).sort(dim=1)
    high = flat[:, int(0.99 * flat.shape[1])][:, None, None]
    return pictures / (high + 1e-6)


def _smooth(chance: Chance, cells: int, size: int) -> Tensor:
    field = chance.normal(1, cells, cells)
    large = functional.interpolate(field, size=(size, size), mode="bilinear", align_corners=True)
    return large[:, 0]


def _bias(chance: Chance) -> Tensor:
    strength = chance.between(0, 0.28)
    texture = chance.between(0, 0.06)
    return torch.exp(
        strength * _smooth(chance, 3, CANVAS_PX) + texture * _smooth(chance, 40, CANVAS_PX)
    )


def _field_of_view(pictures: Tensor, chance: Chance) -> Tensor:
    """Cut to a smaller field of view in a third of the pictures."""
    position = torch.arange(CANVAS_PX, dtype=torch.float32) - CANVAS_PX / 2
    smaller = chance.happens(0.3)
    half_y, half_x = chance.between(38, 70), chance.between(38, 70)
    shift_y, shift_x = chance.between(-14, 14), chance.between(-14, 14)
    inside_y = ((position[None, :, None] - shift_y).abs() < half_y).float()
    inside_x = ((position[None, None, :] - shift_x).abs() < half_x).float()
    return pictures * (1 - smaller * (1 - inside_y * inside_x))


def _warp(pictures: Tensor, chance: Chance) -> Tensor:
    angle = (chance.between(-16, 16) * math.pi / 180).flatten()
    scale = torch.exp(chance.between(-0.16, 0.16)).flatten()
    stretch = torch.exp(chance.between(-0.06, 0.06)).flatten()
    shift = torch.stack([chance.between(-0.09, 0.09), chance.between(-0.09, 0.09)]).view(2, -1)
    ratio = SIDE_PX / CANVAS_PX
    cosine, sine = torch.cos(angle) * scale * ratio, torch.sin(angle) * scale * ratio
    theta = torch.stack(
        [
            torch.stack([cosine * stretch, -sine, shift[0]], dim=1),
            torch.stack([sine, cosine / stretch, shift[1]], dim=1),
        ],
        dim=1,
    )
    size = [chance.count, 1, SIDE_PX, SIDE_PX]
    grid = functional.affine_grid(theta, size, align_corners=False)
    warped = functional.grid_sample(pictures[:, None], grid, align_corners=False)
    return warped[:, 0]


def _acquire(
    pictures: Tensor, coarse: Tensor, chance: Chance, harm: float
) -> tuple[Tensor, Tensor]:
    """Sample k-space: limited resolution along both axes, and in some pictures a moving head."""
    spectrum = torch.fft.fft2(pictures)
    line = torch.fft.fftfreq(SIDE_PX) * SIDE_PX
    low = 0.6 - 0.2 * coarse[:, None, None]
    high = 1.05 - 0.4 * coarse[:, None, None]
    reach_y = SIDE_PX / 2 * (low + (high - low) * chance.between(0, 1))
    reach_x = SIDE_PX / 2 * (low + (high - low) * chance.between(0, 1))
    soft = chance.between(0.03, 0.5)
    keep_y = torch.sigmoid((reach_y - line.abs()[None, :, None]) / (soft * 12))
    keep_x = torch.sigmoid((reach_x - line.abs()[None, None, :]) / (soft * 12))
    spectrum = spectrum * keep_y * keep_x
    moving, strong = chance.happens(0.2 * harm), chance.happens(0.6)
    size = moving * (strong * chance.between(4.0, 9.0) + (1 - strong) * chance.between(0, 1.2))
    jump = chance.normal(SIDE_PX, 1) * (line.abs()[None, :, None] > 4)
    several = torch.cumsum(chance.normal(SIDE_PX, 1) * chance.happens(0.5), dim=1) / 12
    several = torch.roll(several, SIDE_PX // 2, dims=1)
    shift = size * (0.35 * jump + several)
    spectrum = spectrum * torch.exp(2j * math.pi * shift * line[None, :, None] / SIDE_PX)
    moved = torch.fft.ifft2(spectrum).abs()
    return moved, (moving * strong).flatten()


def _wrap(pictures: Tensor, chance: Chance, harm: float) -> tuple[Tensor, Tensor]:
    """Fold what lies outside the field of view back in, along rows or columns."""
    marks = torch.zeros(chance.count)
    happens = chance.happens(0.07 * harm).flatten()
    offsets = chance.between(0.45, 0.72).flatten()
    down = chance.happens(0.5).flatten()
    result = pictures.clone()
    for index in torch.nonzero(happens).flatten().tolist():
        axis = 0 if down[index] else 1
        offset = int(offsets[index] * SIDE_PX)
        picture = pictures[index]
        folded = picture + torch.roll(picture, offset, axis) * chance.between(0.6, 1)[0, 0, 0]
        result[index] = folded
        marks[index] = 1
    return result, marks


def _add_noise(pictures: Tensor, chance: Chance, harm: float) -> tuple[Tensor, Tensor]:
    strong = chance.happens(0.09 * harm)
    usual = torch.exp(chance.between(math.log(0.003), math.log(0.045)))
    level = strong * chance.between(0.16, 0.35) + (1 - strong) * usual
    real = pictures + level * chance.normal(SIDE_PX, SIDE_PX)
    imaginary = level * chance.normal(SIDE_PX, SIDE_PX)
    noisy = torch.sqrt(real**2 + imaginary**2)
    masked = chance.happens(0.25) * (1 - strong)
    return noisy * (1 - masked * (pictures < 0.04).float()), strong.flatten()


def _window(pictures: Tensor, chance: Chance) -> Tensor:
    """Clip the brightest, bend the curve, round to fewer grey levels: what export does."""
    share = float(chance.between(0, 1)[0, 0, 0])
    flat, _ = pictures[:, ::4, ::4].flatten(1).sort(dim=1)
    high = flat[:, int((1 - 0.03 * share) * (flat.shape[1] - 1))][:, None, None]
    clipped = torch.where(chance.happens(0.4) > 0, torch.minimum(pictures, high), pictures)
    top = clipped.amax((1, 2), keepdim=True) + 1e-6
    bent = (clipped / top).clamp(min=0) ** torch.exp(chance.between(-0.35, 0.35))
    levels = torch.exp(chance.between(math.log(24), math.log(256)))
    return torch.where(chance.happens(0.3) > 0, torch.round(bent * levels) / levels, bent)


def normalise(pictures: Tensor) -> Tensor:
    """Return (n, h, w) with quantiles 0.02 and 0.995 of each at 0 and 1, clipped to 0..1.2.

    As inference.pipeline.prepare.normalise does, from every seventh pixel for speed.
    """
    flat, _ = pictures.flatten(1)[:, ::7].sort(dim=1)
    low, high = (flat[:, int(share * flat.shape[1])][:, None, None] for share in (0.02, 0.995))
    return ((pictures - low) / (high - low + 1e-3)).clamp(0, 1.2)
