"""What a correct frame shows, drawn from the phantom's own array, and how like it a frame is.

Nothing of the product is used here. numpy and scipy only: peers' processes import it too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

ALIKE = 0.98
CROP = 0.6
"""The middle of a frame that is compared; words and letters lie outside it."""

_AXES = {
    "axial": ((1, 0, 0), (0, 1, 0)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
}
"""Screen right and down of each plane in (columns, rows, slices), radiological."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """What a program says of its view: scale, window (centre, width) and interpolation order.

    ``middle_px`` is where the volume's centre lies; the middle of the frame where it is not said.
    """

    mm_per_px: float
    window: tuple[float, float]
    order: int = 1
    middle_px: tuple[float, float] | None = None


class Truth:
    """A phantom's voxels and spacing, and the frames they should give."""

    def __init__(self, path: Path, spacing_mm: tuple[float, float, float]) -> None:
        self.voxels: NDArray[Any] = np.load(path, mmap_mode="r")
        self.spacing = np.array(spacing_mm)

    def alike(
        self, frame: NDArray[np.uint8], plane: str, viewport: Viewport, *, feet_up: bool = False
    ) -> float:
        """SSIM of the middle of a gray frame with the plane through the volume's centre.

        An even number of slices has two middle ones; the frame may show either. ``feet_up``
        forgives a program that draws the slices the other way up.
        """
        if feet_up:
            x, y = viewport.middle_px or ((frame.shape[1] - 1) / 2, (frame.shape[0] - 1) / 2)
            viewport = replace(viewport, middle_px=(x, frame.shape[0] - 1 - y))
            frame = frame[::-1]
        height, width = frame.shape
        y, x = (_crop(size) for size in (height, width))
        cropped = frame[y, x].astype(np.float64)
        return max(
            ssim(cropped, self._drawn(plane, viewport, (height, width), side)[y, x])
            for side in (-0.5, 0.5)
        )

    def _drawn(
        self, plane: str, viewport: Viewport, size: tuple[int, int], side: float
    ) -> NDArray[np.float64]:
        right, down = (np.array(axis, np.float64) for axis in _AXES[plane])
        middle = (np.array(self.voxels.shape[::-1]) - 1) / 2
        across = np.abs(np.cross(right, down))
        middle = middle + side * across * (np.array(self.voxels.shape[::-1]) % 2 == 0)
        height, width = size
        x0, y0 = viewport.middle_px or ((width - 1) / 2, (height - 1) / 2)
        dx = (np.arange(width) - x0) * viewport.mm_per_px
        dy = (np.arange(height) - y0) * viewport.mm_per_px
        # The chosen slice is shown as it is; in the plane the volume's centre stays where it is.
        places = [
            middle[axis]
            + (right[axis] * dx[None, :] + down[axis] * dy[:, None]) / self.spacing[axis]
            for axis in range(3)
        ]
        values = ndimage.map_coordinates(
            self.voxels, places[::-1], np.float64, order=viewport.order, cval=0.0
        )
        centre, wide = viewport.window
        return np.asarray(np.clip((values - centre + wide / 2) / wide, 0.0, 1.0) * 255.0)


def smooth_heat(shape: tuple[int, ...]) -> NDArray[np.float16]:
    """A map 0..1 over the whole head, made slice by slice so that making it takes no room."""
    heat = np.empty(shape, np.float16)
    z, y, x = (np.linspace(-1.0, 1.0, count, dtype=np.float32) for count in shape)
    flat = (x[None, :] - 0.2) ** 2 + (y[:, None] + 0.1) ** 2
    for k, height in enumerate(z):
        heat[k] = np.exp(-2.0 * (flat + (height - 0.1) ** 2))
    return heat


def facts_of(voxels: NDArray[Any], truth: Path) -> dict[str, Any]:
    """Whether a volume is the phantom's bit by bit, and its mean error where it is not."""
    wanted = np.load(truth)
    if voxels.shape != wanted.shape:
        return {"equal": False, "error": float("inf")}
    apart = np.abs(voxels.astype(np.float64) - wanted)
    equal = voxels.dtype == wanted.dtype and not apart.any()
    return {"equal": bool(equal), "error": float(apart.mean())}


def ssim(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Mean structural similarity (Wang 2004) over 7 x 7 windows, range 255."""
    c1, c2, size = (0.01 * 255) ** 2, (0.03 * 255) ** 2, 7
    mean_1, mean_2 = (ndimage.uniform_filter(picture, size) for picture in (one, other))
    sample = size * size / (size * size - 1)
    var_1 = sample * (ndimage.uniform_filter(one * one, size) - mean_1**2)
    var_2 = sample * (ndimage.uniform_filter(other * other, size) - mean_2**2)
    shared = sample * (ndimage.uniform_filter(one * other, size) - mean_1 * mean_2)
    top = (2 * mean_1 * mean_2 + c1) * (2 * shared + c2)
    return float((top / ((mean_1**2 + mean_2**2 + c1) * (var_1 + var_2 + c2))).mean())


def _crop(size: int) -> slice:
    edge = round(size * (1 - CROP) / 2)
    return slice(edge, size - edge)
