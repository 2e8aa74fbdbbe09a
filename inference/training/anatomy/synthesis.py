"""A synthetic image and its true labels from one label map (domain randomisation).

Every step is drawn from the generator given, so the same seed gives the same image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.models.anatomy_net import GRID, PATCH, VOXEL_MM, places
from inference.pipeline.anatomy_prepare import normalise_head
from inference.training.anatomy import contrast
from inference.training.anatomy.maps import HeadMap, all_values, targets

_CORNERS = ((-0.5, -0.5, -0.5), (-0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0.5, 0.5, -0.5))
Mean = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wildness:
    """How far a synthetic head may stray; ``t1_share`` of the draws look like T1.

    ``part_mm`` is how far from the middle of the brain the middle of a patch may lie, which the
    network is told; ``shift_mm`` is added to it, which it is not told.
    """

    t1_share: float = 0.9
    turn_degrees: float = 12.0
    scale: float = 0.10
    shift_mm: float = 12.0
    part_mm: float = 0.0
    bend_mm: float = 3.0
    bias: float = 0.35
    noise: float = 0.06
    stripped_share: float = 0.12
    cropped_share: float = 0.25
    coarse_share: float = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A synthetic head: image (1, 1, d, h, w), classes (1, d, h, w), sides 1/0/-1 (1, d, h, w).

    ``place`` (1, 3, d, h, w) is what the network is told of where the voxels lie.
    """

    image: Tensor
    place: Tensor
    classes: Tensor
    sides: Tensor


class Synthesis:
    """Draws samples from label maps.

    Parameters
    ----------
    grid
        Voxels of the sample along (feet to head, face to back, right to left).
    voxel_mm
        Their size.
    """

    def __init__(
        self,
        wildness: Wildness | None = None,
        grid: tuple[int, int, int] = GRID,
        voxel_mm: float = VOXEL_MM,
    ) -> None:
        self.wildness = wildness or Wildness()
        self.grid = grid
        self.voxel_mm = voxel_mm
        classes, sides = targets()
        self._classes = torch.from_numpy(classes).long()
        self._sides = torch.from_numpy(sides).long()
        self._outside = torch.from_numpy(contrast.head_values())

    @classmethod
    def of_patches(cls) -> Synthesis:
        """Return one that draws parts of a head, from anywhere in the brain."""
        return cls(Wildness(part_mm=36.0, cropped_share=0.1), PATCH)

    def draw(self, head: HeadMap, seed: int) -> Sample:
        """Return one sample of ``head``."""
        random = np.random.default_rng(seed)
        noise = torch.Generator().manual_seed(seed)
        t1_like = bool(random.random() < self.wildness.t1_share)
        mirrored = bool(random.random() < 0.5)
        part = random.uniform(-self.wildness.part_mm, self.wildness.part_mm, 3)
        positions, matrix = self._positions(head, part, random, noise)
        sources = torch.from_numpy(head.sources.reshape(-1))
        shape = head.sources.shape
        centre = sources[_flat(positions, shape)].long()
        image = self._intensities(positions, matrix, sources, shape, random, noise, t1_like=t1_like)
        image = self._cut_away(image, centre, random)
        image = self._degrade(image, random, noise)
        classes, sides = self._classes[centre], self._sides[centre]
        if mirrored:
            part[2] = -part[2]
            image, classes, sides = image.flip(2), classes.flip(2), sides.flip(2)
            sides = torch.where(sides >= 0, 1 - sides, sides)
        normal = torch.from_numpy(normalise_head(image.numpy()))
        place = places(self.grid, tuple(part), self.voxel_mm)
        return Sample(normal[None, None], place, classes[None], sides[None])

    def _positions(
        self,
        head: HeadMap,
        part_mm: NDArray[np.float64],
        random: np.random.Generator,
        noise: torch.Generator,
    ) -> tuple[Tensor, Tensor]:
        """Return where each voxel lies in the map (d, h, w, 3), and the matrix that led there."""
        wild = self.wildness
        angles = np.radians(random.uniform(-wild.turn_degrees, wild.turn_degrees, 3))
        scales = random.uniform(1 - wild.scale, 1 + wild.scale, 3)
        shear = np.eye(3) + np.triu(random.uniform(-0.06, 0.06, (3, 3)), 1)
        matrix = _rotation(angles) @ shear @ np.diag(scales) * self.voxel_mm
        middle = np.array(head.centre) + random.uniform(-wild.shift_mm, wild.shift_mm, 3)
        middle += matrix @ part_mm / self.voxel_mm
        axes = [torch.arange(n, dtype=torch.float32) - (n - 1) / 2 for n in self.grid]
        turned = torch.from_numpy(matrix.astype(np.float32))
        parts = [
            axes[0][:, None, None] * turned[n, 0]
            + axes[1][None, :, None] * turned[n, 1]
            + axes[2][None, None, :] * turned[n, 2]
            + float(middle[n])
            for n in range(3)
        ]
        positions = torch.stack(parts, -1)
        for cells in (int(random.integers(3, 6)), int(random.integers(6, 11))):
            strength = float(random.uniform(0, wild.bend_mm)) * (1.0 if cells > 5 else 1.6)
            bend = torch.randn((1, 3, cells, cells, cells), generator=noise) * strength
            positions += _grown(bend, self.grid)[0].permute(1, 2, 3, 0)
        return positions, turned

    def _intensities(
        self,
        positions: Tensor,
        matrix: Tensor,
        sources: Tensor,
        shape: tuple[int, ...],
        random: np.random.Generator,
        noise: torch.Generator,
        *,
        t1_like: bool,
    ) -> Tensor:
        """Return the image: the mean over points of each voxel, so that borders are mixed."""
        draw = contrast.t1_contrast if t1_like else contrast.any_contrast
        means, spreads = (torch.from_numpy(values) for values in draw(random))
        soft = _position_of(contrast.SOFT_TISSUE)
        patches = _field(self.grid, int(random.integers(8, 20)), noise) > float(
            random.uniform(-0.3, 0.6)
        )
        other = contrast.second_soft_tissue(random, t1_like=t1_like)
        sign = 1.0 if random.random() < 0.5 else -1.0
        image = torch.zeros(self.grid)
        spread = torch.zeros(self.grid)
        for corner in _CORNERS:
            offset = matrix @ torch.tensor(corner) * (0.5 * sign)
            found = sources[_flat(positions + offset, shape)].long()
            value = means[found]
            value[(found == soft) & patches] = other
            image += value
            spread += spreads[found]
        texture = torch.randn(self.grid, generator=noise)
        return (image + spread * texture) / len(_CORNERS)

    def _cut_away(self, image: Tensor, sources: Tensor, random: np.random.Generator) -> Tensor:
        """Leave out what is not always there: skull and skin, a face, an edge of the field."""
        if random.random() < self.wildness.stripped_share:
            image = image.masked_fill(self._outside[sources], 0.0)
            if random.random() < 0.5:
                fluid = self._classes[sources] == 2
                image = image.masked_fill(fluid, 0.0)
        if random.random() < self.wildness.cropped_share:
            axis, low = int(random.integers(3)), bool(random.random() < 0.5)
            width = int(random.uniform(0.02, 0.14) * self.grid[axis])
            start = 0 if low else self.grid[axis] - width
            image.narrow(axis, start, width).fill_(0.0)
        return image

    def _degrade(
        self, image: Tensor, random: np.random.Generator, noise: torch.Generator
    ) -> Tensor:
        """Add what a scanner adds: uneven coil, blur, coarse slices, noise, a bent grey scale."""
        wild = self.wildness
        strength = float(random.uniform(0, wild.bias))
        uneven = torch.randn((1, 1, 4, 4, 4), generator=noise) * strength
        image = image * torch.exp(_grown(uneven, self.grid)[0, 0])
        if random.random() < wild.coarse_share:
            image = _blurred(image, int(random.integers(3)), float(random.uniform(0.4, 1.0)))
        top = float(image.reshape(-1)[::17].quantile(0.99)) + 1e-3
        level = float(random.uniform(0, wild.noise)) * top
        image = image + torch.randn(self.grid, generator=noise) * level
        if random.random() < 0.5:
            image = image.abs()
        return (image / top).clamp(0, 3) ** float(np.exp(random.normal(0, 0.2)))


def _rotation(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix = np.eye(3)
    for axis, angle in enumerate(angles):
        first, second = (n for n in range(3) if n != axis)
        turn = np.eye(3)
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        matrix = matrix @ turn
    return matrix


def _flat(positions: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return the nearest voxel of each position as an index into the flattened map."""
    near = positions.round().int()
    depth, rows, columns = (near[..., n].clamp_(0, shape[n] - 1) for n in range(3))
    return (depth * shape[1] + rows).mul_(shape[2]).add_(columns)


def _grown(coarse: Tensor, grid: tuple[int, int, int]) -> Tensor:
    return functional.interpolate(coarse, size=grid, mode="trilinear", align_corners=True)


def _field(grid: tuple[int, int, int], cells: int, noise: torch.Generator) -> Tensor:
    return _grown(torch.randn((1, 1, cells, cells, cells), generator=noise), grid)[0, 0]


def _blurred(image: Tensor, axis: int, sigma: float) -> Tensor:
    weights = torch.exp(-0.5 * (torch.arange(-2.0, 3.0) / sigma) ** 2)
    shape = [1, 1, 1, 1, 1]
    shape[2 + axis] = 5
    padding = [0, 0, 0]
    padding[axis] = 2
    kernel = (weights / weights.sum()).reshape(shape)
    return functional.conv3d(image[None, None], kernel, padding=padding)[0, 0]


def _position_of(value: int) -> int:
    return all_values().index(value)
