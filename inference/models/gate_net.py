"""The input gate's network: one slice in, six short answers out."""

from __future__ import annotations

import torch
from torch import Tensor, nn

KINDS = ("T1", "T1 after contrast", "T2", "FLAIR", "proton-density", "DWI", "ADC", "CT", "other")
PLANES = ("axial", "coronal", "sagittal")
TURNS = (0, 1, 2, 3)
ARTEFACTS = ("motion", "noise", "wrap")
ANSWERS = {
    "head": 1,
    "kind": len(KINDS),
    "plane": len(PLANES),
    "turn": len(TURNS),
    "mirrored": 1,
    "artefact": len(ARTEFACTS),
}
SIDE_PX = 128
PIXEL_MM = 2.0
_WIDTHS = (16, 32, 64, 112)
_BINS = 32
_HIDDEN = 96
_SEEN_FROM = 0.08


class _Residual(nn.Module):
    """Two 3x3 convolutions beside a straight way through."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.body(x))


def _down(narrow: int, wide: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(narrow, wide, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(wide),
        nn.ReLU(inplace=True),
    )


class GateNet(nn.Module):
    """Slices (n, 1, 128, 128), 0..1.2, to logits by the names of ``ANSWERS``.

    Beside each picture goes its equalised twin, in which window and gamma of the source are gone,
    and beside the features the foreground's histogram. Mean and maximum over the picture are both
    kept: a thin bright sinus counts beside the whole.
    """

    def __init__(self) -> None:
        super().__init__()
        first, second, third, fourth = _WIDTHS
        self.trunk = nn.Sequential(
            _down(2, first),
            _down(first, second),
            _Residual(second),
            _down(second, third),
            _Residual(third),
            _down(third, fourth),
            _Residual(fourth),
        )
        self.drop = nn.Dropout(0.2)
        self.mix = nn.Sequential(nn.Linear(2 * fourth + _BINS, _HIDDEN), nn.ReLU(inplace=True))
        self.heads = nn.ModuleDict(
            {name: nn.Linear(_HIDDEN, size) for name, size in ANSWERS.items()}
        )

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        twin, histogram = equalised(images)
        features = self.trunk(torch.cat([images, twin], dim=1))
        pooled = [features.mean((2, 3)), features.amax((2, 3)), histogram]
        mixed = self.mix(self.drop(torch.cat([one.float() for one in pooled], dim=1)))
        return {name: head(mixed).float() for name, head in self.heads.items()}


@torch.no_grad()
def equalised(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return pictures by the rank of their greys in the foreground, and its histogram (n, 32).

    The background stays 0. Ranks are taken from the 32 bins, linear inside a bin.
    """
    flat = images.float().flatten(1)
    place = (flat / 1.2).clamp(0, 0.9999) * _BINS
    bins = place.long()
    seen = (flat > _SEEN_FROM).float()
    counts = torch.zeros(len(flat), _BINS).scatter_add_(1, bins, seen)
    shares = counts / counts.sum(dim=1, keepdim=True).clamp(min=1)
    below = shares.cumsum(dim=1) - shares
    ranks = below.gather(1, bins) + shares.gather(1, bins) * (place - bins)
    return (ranks * seen).view_as(images).to(images.dtype), shares * 8
