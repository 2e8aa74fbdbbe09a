"""A 3-D U-Net that names the structure and the hemisphere of every voxel of a head.

Beside the image it is told where each voxel lies relative to the middle of the grid, since a head
stands upright and about centred: the place says as much as the grey values, and is learned sooner.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.models.structures import COUNT

CHANNELS = (16, 32, 64, 96, 128)
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


class AnatomyNet(nn.Module):
    """U-Net (Cicek 2016, doi:10.1007/978-3-319-46723-8_49) with an output for the hemisphere.

    Parameters
    ----------
    channels
        Feature channels per stage, finest first; each stage halves the grid. The finest, where
        nearly all the time goes, has one convolution on the way in, the others two.
    classes
        Number of structures, background first.
    """

    def __init__(self, channels: tuple[int, ...] = CHANNELS, classes: int = COUNT) -> None:
        super().__init__()
        self.stride: int = 2 ** (len(channels) - 1)
        self.encoder = nn.ModuleList()
        width = 4
        for number, outgoing in enumerate(channels):
            stage = [_convolution(width, outgoing)]
            if number:
                stage.append(_convolution(outgoing, outgoing))
            self.encoder.append(nn.Sequential(*stage))
            width = outgoing
        self.up = nn.ModuleList()
        self.decoder = nn.ModuleList()
        for outgoing in reversed(channels[:-1]):
            self.up.append(nn.ConvTranspose3d(width, outgoing, 2, 2))
            self.decoder.append(_convolution(2 * outgoing, outgoing))
            width = outgoing
        self.head = nn.Conv3d(width, classes + 1, 1)
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
        logits = self.head(self._decoded(image, place)[-1])
        return logits[:, :-1], logits[:, -1]

    def forward_all(self, image: Tensor, place: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return the answers of all scales, finest first, each twice as coarse; for training."""
        features = self._decoded(image, place)
        heads = [*self.coarse_heads, self.head]
        answers = [head(part) for head, part in zip(heads, features, strict=True)]
        return [(logits[:, :-1], logits[:, -1]) for logits in reversed(answers)]

    def _decoded(self, image: Tensor, place: Tensor | None) -> list[Tensor]:
        """Return the decoder's features, coarsest first."""
        if place is None:
            place = places(tuple(image.shape[2:]), (0.0, 0.0, 0.0), VOXEL_MM).to(image.device)
        features = torch.cat([image, place], 1)
        features = features.contiguous(memory_format=torch.channels_last_3d)
        skipped: list[Tensor] = []
        for number, stage in enumerate(self.encoder):
            features = stage(features)
            if number < len(self.encoder) - 1:
                skipped.append(features)
                features = functional.max_pool3d(features, 2)
        decoded: list[Tensor] = []
        for up, stage in zip(self.up, self.decoder, strict=True):
            features = stage(torch.cat([up(features), skipped.pop()], 1))
            decoded.append(features)
        return decoded
