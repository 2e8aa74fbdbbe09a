"""The members' answer to slices, averaged over members, each slice and its mirror image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from inference.models.unet import OutlineNet
from inference.models.zoom import look_again
from viewer.ports import Progress

Grid = NDArray[np.float32]
_BATCH = 16


def scaled_logits(
    networks: Sequence[OutlineNet], images: Grid, scales: Sequence[float]
) -> tuple[Grid, Grid]:
    """Return the logits as ``mirrored_logits`` does, of ``scales`` where a lesion is seen."""
    look = partial(mirrored_logits, networks)
    first = look(images)
    look_again(look, images, first, scales)
    return first


@torch.inference_mode()
def mirrored_logits(
    networks: Sequence[OutlineNet],
    images: Grid,
    progress: Progress | None = None,
    *,
    mirrored: bool = True,
) -> tuple[Grid, Grid]:
    """Return pixel logits (n, 4, side, side) and slice logits (n, 4) of network slices (n, ...).

    Logits are averaged over ``networks``, which share a device; ``mirrored`` False takes the
    slice alone; ``progress`` is told after every batch.
    """
    device = next(networks[0].parameters()).device
    batch = torch.from_numpy(np.ascontiguousarray(images))[:, None]
    outlines: list[Grid] = []
    wholes: list[Grid] = []
    for first in range(0, len(batch), _BATCH):
        given = (
            batch[first : first + _BATCH].to(device).contiguous(memory_format=torch.channels_last)
        )
        answers = [network(given) for network in networks]
        if mirrored:
            seen = given.flip(3)
            answers += [(o.flip(3), w) for o, w in (network(seen) for network in networks)]
        outlines.append(torch.stack([o for o, _ in answers]).mean(0).cpu().numpy())
        wholes.append(torch.stack([w for _, w in answers]).mean(0).cpu().numpy())
        if progress:
            done = min(len(outlines) * _BATCH, len(batch))
            progress(done / len(batch), f"looking at slice {done} of {len(batch)}")
    return np.concatenate(outlines), np.concatenate(wholes)
