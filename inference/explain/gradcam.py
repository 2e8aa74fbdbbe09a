"""Grad-CAM of the slices of a finding (Selvaraju 2017, doi:10.1109/ICCV.2017.74).

Gradients weigh each place by itself (LayerCAM, Jiang 2021, doi:10.1109/TIP.2021.3089943) and not
by their mean over the slice: on outlines the mean sends most of the heat outside the head.

The target is the sum of the predicted type's logit over the predicted region, as Vinogradova
2020 (doi:10.1609/aaai.v34i10.7244) proposes for outlines. The heat is attention, not an outline.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from pytorch_grad_cam import LayerCAM
from torch import Tensor, nn

from inference.models.unet import OutlineNet

Grid = NDArray[np.float32]
METHOD = "Grad-CAM (element-wise, LayerCAM)"
LAYER = "decoder.2"
NATIVE_STRIDE = 4


class _OutlineOnly(nn.Module):
    """The members' mean outline without the slice head, as grad-cam wants one output."""

    def __init__(self, networks: Sequence[OutlineNet]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, image: Tensor) -> Tensor:
        return torch.stack([network(image)[0] for network in self.networks]).mean(0)


class _RegionScore:
    """Sum of one class's logit over a region, for one slice's output (classes, h, w)."""

    def __init__(self, category: int, region: NDArray[np.bool_], device: torch.device) -> None:
        self.category = category
        self.region = torch.from_numpy(region.astype(np.float32)).to(device)

    def __call__(self, output: Tensor) -> Tensor:
        return (output[self.category] * self.region).sum()


def attend(
    networks: Sequence[OutlineNet], images: Grid, regions: NDArray[np.bool_], category: int
) -> Grid:
    """Return heat (n, side, side) in 0..1, each slice scaled to its own maximum.

    Parameters
    ----------
    networks
        Members in evaluation mode, on one device.
    images
        Network slices (n, side, side).
    regions
        Predicted region on each slice, same shape.
    category
        Class whose logit is explained: 1 meningioma, 2 glioma, 3 pituitary.
    """
    device = next(networks[0].parameters()).device
    layers = [network.decoder[2] for network in networks]
    targets = [_RegionScore(category, region, device) for region in regions]
    batch = torch.from_numpy(np.ascontiguousarray(images))[:, None].to(device)
    with LayerCAM(model=_OutlineOnly(networks), target_layers=layers) as cam:
        heat = cam(input_tensor=batch, targets=targets)
    return np.asarray(np.clip(np.nan_to_num(heat), 0, 1), dtype=np.float32)
