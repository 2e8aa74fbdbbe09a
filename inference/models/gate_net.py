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
_WIDTHS = (16, 32, 64, 120)


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

    Mean and maximum over the picture are both kept: a thin bright sinus counts beside the whole.
    """

    def __init__(self) -> None:
        super().__init__()
        first, second, third, fourth = _WIDTHS
        self.trunk = nn.Sequential(
            _down(1, first),
            _down(first, second),
            _Residual(second),
            _down(second, third),
            _Residual(third),
            _down(third, fourth),
            _Residual(fourth),
        )
        self.drop = nn.Dropout(0.2)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(2 * fourth, size) for name, size in ANSWERS.items()}
        )

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        features = self.trunk(images)
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], dim=1).float()
        pooled = self.drop(pooled)
        return {name: head(pooled) for name, head in self.heads.items()}
