"""A small 2-D U-Net that outlines a lesion on one slice and names its type."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = (12, 24, 48, 96, 160)
CLASSES = ("background", "meningioma", "glioma", "pituitary")


def _double_convolution(incoming: int, outgoing: int) -> nn.Sequential:
    """Return two 3x3 convolutions, each followed by batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(incoming, outgoing, 3, padding=1, bias=False),
        nn.BatchNorm2d(outgoing),
        nn.ReLU(),
        nn.Conv2d(outgoing, outgoing, 3, padding=1, bias=False),
        nn.BatchNorm2d(outgoing),
        nn.ReLU(),
    )


class OutlineNet(nn.Module):
    """U-Net (Ronneberger 2015, doi:10.1007/978-3-319-24574-4_28) with a slice-level head.

    Parameters
    ----------
    channels
        Feature channels per stage, finest first; each stage halves the grid.
    classes
        Number of pixel classes, background first.
    """

    def __init__(self, channels: tuple[int, ...] = CHANNELS, classes: int = len(CLASSES)) -> None:
        super().__init__()
        self.encoder = nn.ModuleList()
        width = 1
        for outgoing in channels:
            self.encoder.append(_double_convolution(width, outgoing))
            width = outgoing
        self.slice_head = nn.Linear(2 * width, classes)
        self.up = nn.ModuleList()
        self.decoder = nn.ModuleList()
        for outgoing in reversed(channels[:-1]):
            self.up.append(nn.ConvTranspose2d(width, outgoing, 2, 2))
            self.decoder.append(_double_convolution(2 * outgoing, outgoing))
            width = outgoing
        self.outline_head = nn.Conv2d(width, classes, 1)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return pixel logits (n, classes, h, w) and slice logits (n, classes).

        ``image`` is (n, 1, h, w), normalised; h and w are multiples of 16.
        """
        skipped: list[Tensor] = []
        features = image
        for stage, block in enumerate(self.encoder):
            features = block(features)
            if stage < len(self.encoder) - 1:
                skipped.append(features)
                features = functional.max_pool2d(features, 2)
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)
        for up, block in zip(self.up, self.decoder, strict=True):
            features = block(torch.cat([up(features), skipped.pop()], 1))
        return self.outline_head(features), self.slice_head(pooled)
