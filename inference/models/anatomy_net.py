"""A 3-D U-Net that names the structure and the hemisphere of every voxel of a head."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.models.structures import COUNT

CHANNELS = (16, 32, 64, 96, 128)
GRID = (96, 112, 96)
"""Voxels from feet to head, from face to back, from the patient's right to the left."""
VOXEL_MM = 2.0


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
        width = 1
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

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return structure logits (1, classes, d, h, w) and left logits (1, d, h, w).

        ``image`` is one head (1, 1, d, h, w), normalised; every length a multiple of the stride.
        """
        skipped: list[Tensor] = []
        features = image
        for number, stage in enumerate(self.encoder):
            features = stage(features)
            if number < len(self.encoder) - 1:
                skipped.append(features)
                features = functional.max_pool3d(features, 2)
        for up, stage in zip(self.up, self.decoder, strict=True):
            features = stage(torch.cat([up(features), skipped.pop()], 1))
        logits = self.head(features)
        return logits[:, :-1], logits[:, -1]
