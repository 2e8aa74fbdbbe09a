"""What a slice looks like without information: the references that maps are tested against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Grid = NDArray[np.float32]
Mask = NDArray[np.bool_]
BLUR_PX = 8.0
_AIR = 0.1


def heads(images: Grid, regions: Mask) -> Mask:
    """Return where each network slice (n, side, side) shows head, holes and region included."""
    found = [ndimage.binary_fill_holes(image > _AIR) for image in images]
    return np.asarray(np.stack(found) | regions)


def erased(image: Grid, head: Mask) -> Grid:
    """Return a slice whose head is one gray, the median of it; the air around it stays."""
    gray = float(np.median(image[head])) if head.any() else 0.0
    return np.where(head, np.float32(gray), image)


def blurred(image: Grid) -> Grid:
    """Return a slice without detail, blurred by 8 pixels (about 9 mm)."""
    return np.asarray(ndimage.gaussian_filter(image, BLUR_PX), dtype=np.float32)
