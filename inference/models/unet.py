"""A small residual 2-D U-Net that outlines a lesion on one slice and names its type."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES = ("background", "meningioma", "glioma", "pituitary")
CHANNELS = (48, 88, 128, 192)
DECODER = (48, 64, 96)
DEPTHS = (1, 2, 2, 1)
PATCH = 4


class Residual(nn.Module):
    """Two 3x3 convolutions with batch norm beside a short cut (He 2016, doi:10.1109/CVPR.2016.90).

    Parameters
    ----------
    incoming, outgoing
        Feature channels before and after.
    stride
        2 halves the grid.
    """

    def __init__(self, incoming: int, outgoing: int, stride: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(incoming, outgoing, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outgoing)
        self.second = nn.Conv2d(outgoing, outgoing, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outgoing)
        same = incoming == outgoing and stride == 1
        self.short_cut = (
            nn.Identity() if same else nn.Conv2d(incoming, outgoing, 1, stride, bias=False)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return features (n, outgoing, h / stride, w / stride)."""
        changed = functional.relu(self.first_norm(self.first(features)))
        changed = self.second_norm(self.second(changed))
        return functional.relu(changed + self.short_cut(features))


def residual_stages(channels: tuple[int, ...], depths: tuple[int, ...]) -> nn.ModuleList:
    """Return an encoder's stages of residual blocks; the first works on squares of ``PATCH``."""
    stages = nn.ModuleList()
    width = PATCH**2
    for stage, (outgoing, depth) in enumerate(zip(channels, depths, strict=True)):
        blocks = [Residual(width, outgoing, 2 if stage else 1)]
        blocks += [Residual(outgoing, outgoing) for _ in range(depth - 1)]
        stages.append(nn.Sequential(*blocks))
        width = outgoing
    return stages


class OutlineNet(nn.Module):
    """U-Net (Ronneberger 2015, doi:10.1007/978-3-319-24574-4_28) with a slice-level head.

    Squares of ``PATCH`` pixels become channels on the way in and pixels again on the way out
    (sub-pixel convolution, Shi 2016, doi:10.1109/CVPR.2016.207), so that a processor's time goes
    into wide layers on small grids.

    Parameters
    ----------
    channels, depths
        Feature channels and residual blocks per encoder stage, finest first; each stage but the
        first halves the grid.
    decoder
        Feature channels per decoder stage, finest first.
    classes
        Number of pixel classes, background first.
    encoder
        Stages that give ``channels``, instead of residual ones.
    """

    def __init__(
        self,
        channels: tuple[int, ...] = CHANNELS,
        depths: tuple[int, ...] = DEPTHS,
        decoder: tuple[int, ...] = DECODER,
        classes: int = len(CLASSES),
        encoder: nn.ModuleList | None = None,
    ) -> None:
        super().__init__()
        self.encoder = residual_stages(channels, depths) if encoder is None else encoder
        width = channels[-1]
        self.slice_head = nn.Sequential(nn.Dropout(0.2), nn.Linear(2 * width, classes))
        self.narrow = nn.ModuleList()
        self.decoder = nn.ModuleList()
        for outgoing, skipped in zip(reversed(decoder), reversed(channels[:-1]), strict=True):
            self.narrow.append(nn.Conv2d(width, outgoing, 1))
            self.decoder.append(Residual(outgoing + skipped, outgoing))
            width = outgoing
        self.outline_head = nn.Conv2d(width, classes * PATCH**2, 1)

    def _encoded(self, image: Tensor) -> list[Tensor]:
        """Return the features of every stage, finest first, as the decoder takes them."""
        found: list[Tensor] = []
        features = functional.pixel_unshuffle(image, PATCH)
        for block in self.encoder:
            features = block(features)
            found.append(features)
        return found

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return pixel logits (n, classes, h, w) and slice logits (n, classes).

        ``image`` is (n, 1, h, w), normalised; h and w are multiples of 32.
        """
        skipped = self._encoded(image)
        features = skipped.pop()
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)
        for narrow, block in zip(self.narrow, self.decoder, strict=True):
            doubled = functional.interpolate(narrow(features), scale_factor=2.0, mode="nearest")
            features = block(torch.cat([doubled, skipped.pop()], 1))
        outline = functional.pixel_shuffle(self.outline_head(features), PATCH)
        return outline, self.slice_head(pooled)
