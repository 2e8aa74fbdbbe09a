"""Looking again, closer and from further off, where a first look sees something.

A network answers a lesion of unusual size better when the slice is shown at the size it knows.
Where a first look sees a lesion, the slice is shown at other scales too, and the logits are
averaged, each laid back onto the slice's own grid. Slices with nothing on them cost one look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Grid = NDArray[np.float32]
Look = Callable[[Grid], tuple[Grid, Grid]]
"""Pixel logits (n, classes, side, side) and slice logits (n, classes) of images (n, ...)."""

LOOK_AGAIN = 0.1
"""The probability of a lesion, anywhere on a slice, from which it is looked at again."""
_CHUNK = 16
_BACKGROUND = 8.0
"""Logit of the background where a closer view does not reach."""


def look_again(look: Look, images: Grid, first: tuple[Grid, Grid], scales: Sequence[float]) -> None:
    """Replace the logits of slices that show a lesion by their mean over ``scales``, in place.

    Parameters
    ----------
    images
        Network slices (n, side, side).
    first
        What the first look, at scale 1, said of them.
    scales
        How much of the slice's width is shown; the first is 1, the first look.
    """
    outline, whole = first
    again = np.flatnonzero(lesion_anywhere(outline) >= LOOK_AGAIN) if len(scales) > 1 else ()
    for begin in range(0, len(again), _CHUNK):
        part = again[begin : begin + _CHUNK]
        for scale in scales[1:]:
            seen, said = look(shown_at(images[part], scale))
            outline[part] += laid_back(seen, scale)
            whole[part] += said
        outline[part] /= len(scales)
        whole[part] /= len(scales)


def lesion_anywhere(outline: Grid) -> NDArray[np.float32]:
    """Return the greatest probability of a lesion on each slice of pixel logits."""
    given = torch.from_numpy(np.ascontiguousarray(outline))
    greatest = [1.0 - one.softmax(0)[0].min() for one in given]
    return np.array(greatest, dtype=np.float32)


def shown_at(images: Grid, scale: float) -> Grid:
    """Return slices of which ``scale`` of the width is shown; edges go on beyond the slice."""
    given = torch.from_numpy(np.ascontiguousarray(images))[:, None]
    seen = functional.grid_sample(
        given, _grid(given, scale), align_corners=False, padding_mode="border"
    )
    return np.asarray(seen[:, 0].numpy())


def laid_back(outline: Grid, scale: float) -> Grid:
    """Return pixel logits of a view at ``scale`` on the slice's own grid; beyond it, background."""
    given = torch.from_numpy(np.ascontiguousarray(outline))
    nothing = torch.zeros(1, given.shape[1], 1, 1)
    nothing[0, 0] = _BACKGROUND
    laid = functional.grid_sample(given - nothing, _grid(given, 1 / scale), align_corners=False)
    return np.asarray((laid + nothing).numpy())


def _grid(given: Tensor, scale: float) -> Tensor:
    theta = torch.zeros(len(given), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = scale
    return functional.affine_grid(theta, list(given.shape), align_corners=False)
