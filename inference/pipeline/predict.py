"""The network's answer to slices, averaged over each slice and its mirror image."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from inference.models.unet import OutlineNet
from viewer.ports import Progress

Grid = NDArray[np.float32]
_BATCH = 16


@torch.inference_mode()
def mirrored_logits(
    network: OutlineNet,
    images: Grid,
    progress: Progress | None = None,
    *,
    mirrored: bool = True,
) -> tuple[Grid, Grid]:
    """Return pixel logits (n, 4, side, side) and slice logits (n, 4) of network slices (n, ...).

    Runs on the network's own device; ``mirrored`` False takes the slice alone; ``progress`` is
    told after every batch.
    """
    device = next(network.parameters()).device
    batch = torch.from_numpy(np.ascontiguousarray(images))[:, None]
    outlines: list[Grid] = []
    wholes: list[Grid] = []
    for first in range(0, len(batch), _BATCH):
        given = (
            batch[first : first + _BATCH].to(device).contiguous(memory_format=torch.channels_last)
        )
        outline, whole = network(given)
        if mirrored:
            outline_back, whole_back = network(given.flip(3))
            outline = (outline + outline_back.flip(3)) / 2
            whole = (whole + whole_back) / 2
        outlines.append(outline.cpu().numpy())
        wholes.append(whole.cpu().numpy())
        if progress:
            done = min(len(outlines) * _BATCH, len(batch))
            progress(done / len(batch), f"looking at slice {done} of {len(batch)}")
    return np.concatenate(outlines), np.concatenate(wholes)
