"""A 3-D U-Net that names the structure and the hemisphere of every voxel of a head.

Beside the image it is told where each voxel lies relative to the middle of the grid, since a head
stands upright and about centred: the place says as much as the grey values, and is learned sooner.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.models.structures import COUNT

CHANNELS = (32, 64, 128, 160)
CUBE = 2
GRID = (96, 112, 96)
"""Voxels from feet to head, from face to back, from the patient's right to the left."""
PATCH = (64, 80, 64)
"""What the network looks at in one go: trained so, and used so, since it norms by what it sees."""
VOXEL_MM = 2.0
_PLACE_UNIT_MM = 100.0


def _convolution(incoming: int, outgoing: int) -> nn.Sequential:
    """Return a 3x3x3 convolution, normalisation over the one image given, and ReLU.

    Without running statistics the normalisation is the image's own in training and in use, so
    an unusual contrast is not judged by the average one. It needs one image at a time.
    """
    return nn.Sequential(
        nn.Conv3d(incoming, outgoing, 3, padding=1, bias=False),
        nn.BatchNorm3d(outgoing, track_running_stats=False),
        nn.ReLU(),
    )


def places(shape: tuple[int, ...], middle_mm: tuple[float, ...], voxel_mm: float) -> Tensor:
    """Return (1, 3, d, h, w): where each voxel lies, upwards, backwards and to the left.

    ``middle_mm`` is where the middle of this grid lies relative to the middle of the whole.
    """
    axes = [
        (torch.arange(n, dtype=torch.float32) - (n - 1) / 2) * voxel_mm + float(m)
        for n, m in zip(shape, middle_mm, strict=True)
    ]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"))[None] / _PLACE_UNIT_MM


def cubes_to_channels(image: Tensor) -> Tensor:
    """Return (n, c, d, h, w) as (n, 8 c, d/2, h/2, w/2): cubes of ``CUBE`` voxels side by side."""
    n, c, d, h, w = image.shape
    parts = image.reshape(n, c, d // CUBE, CUBE, h // CUBE, CUBE, w // CUBE, CUBE)
    return parts.permute(0, 1, 3, 5, 7, 2, 4, 6).flatten(1, 4)


def channels_to_cubes(features: Tensor) -> Tensor:
    """Return (n, 8 c, d, h, w) as (n, c, 2 d, 2 h, 2 w), the inverse of cubes_to_channels."""
    n, c, d, h, w = features.shape
    parts = features.reshape(n, c // CUBE**3, CUBE, CUBE, CUBE, d, h, w)
    shape = (n, c // CUBE**3, d * CUBE, h * CUBE, w * CUBE)
    return parts.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(shape)


class AnatomyNet(nn.Module):
    """U-Net (Cicek 2016, doi:10.1007/978-3-319-46723-8_49) with an output for the hemisphere.

    Cubes of ``CUBE`` voxels become channels on the way in and voxels again on the way out
    (sub-pixel convolution, Shi 2016, doi:10.1109/CVPR.2016.207), so that a processor's time goes
    into wide layers on small grids.

    Parameters
    ----------
    channels
        Feature channels per stage, finest first; each stage but the first halves the grid.
    classes
        Number of structures, background first.
    """

    def __init__(self, channels: tuple[int, ...] = CHANNELS, classes: int = COUNT) -> None:
        super().__init__()
        self.stride: int = CUBE * 2 ** (len(channels) - 1)
        self.encoder = nn.ModuleList()
        width = CUBE**3 + 3
        for outgoing in channels:
            stage = (_convolution(width, outgoing), _convolution(outgoing, outgoing))
            self.encoder.append(nn.Sequential(*stage))
            width = outgoing
        self.narrow = nn.ModuleList()
        self.decoder = nn.ModuleList()
        for outgoing in reversed(channels[:-1]):
            self.narrow.append(nn.Conv3d(width, outgoing, 1))
            self.decoder.append(_convolution(2 * outgoing, outgoing))
            width = outgoing
        self.head = nn.Conv3d(width, (classes + 1) * CUBE**3, 1)
        self.coarse_heads = nn.ModuleList(
            nn.Conv3d(outgoing, classes + 1, 1) for outgoing in reversed(channels[1:-1])
        )

    def forward(self, image: Tensor, place: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return structure logits (1, classes, d, h, w) and left logits (1, d, h, w).

        Parameters
        ----------
        image
            One head (1, 1, d, h, w), normalised; every length a multiple of the stride.
        place
            See ``places``; by default the image is the whole grid.
        """
        return _parted(channels_to_cubes(self.head(self._decoded(image, place)[-1])))

    def forward_all(self, image: Tensor, place: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return the answers of all scales, finest first; for training."""
        features = self._decoded(image, place)
        answers = [_parted(channels_to_cubes(self.head(features.pop())))]
        coarse = zip(reversed(self.coarse_heads), reversed(features), strict=True)
        return answers + [_parted(head(part)) for head, part in coarse]

    def _decoded(self, image: Tensor, place: Tensor | None) -> list[Tensor]:
        """Return the decoder's features, coarsest first."""
        if place is None:
            place = places(tuple(image.shape[2:]), (0.0, 0.0, 0.0), VOXEL_MM).to(image.device)
        features = torch.cat([cubes_to_channels(image), functional.avg_pool3d(place, CUBE)], 1)
        if not self.training:  # with bfloat16 its gradients are NaN on some processors
            features = features.contiguous(memory_format=torch.channels_last_3d)
        skipped: list[Tensor] = []
        for number, stage in enumerate(self.encoder):
            features = stage(features)
            if number < len(self.encoder) - 1:
                skipped.append(features)
                features = functional.max_pool3d(features, 2)
        decoded: list[Tensor] = []
        for narrow, stage in zip(self.narrow, self.decoder, strict=True):
            doubled = functional.interpolate(narrow(features), scale_factor=2.0, mode="nearest")
            features = stage(torch.cat([doubled, skipped.pop()], 1))
            decoded.append(features)
        return decoded


def _parted(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Return structure logits and left logits apart."""
    return logits[:, :-1], logits[:, -1]
