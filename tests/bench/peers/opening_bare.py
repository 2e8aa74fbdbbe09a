"""Path to pictures with a library and no window: a lower bound for any program built on it.

``... tests.bench.peers.opening_bare reader folder truth spacing repeats first|planes warm|cold``

The planes are cut, windowed and put into 8-bit pictures of 800 x 800; nothing is shown.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.clock import forget, repeated, tell
from tests.bench.peers.reading import READERS
from tests.bench.reference import Truth, Viewport

_SIDE = 800
_MARGIN = 1.04


class Bare:
    """Reads a folder with one library and resamples planes with SimpleITK."""

    def __init__(self, reader: str, folder: Path, spacing: tuple[float, float, float]) -> None:
        self._reader, self._folder, self._spacing = reader, folder, spacing
        self.pictures: dict[str, NDArray[np.uint8]] = {}
        self.viewports: dict[str, Viewport] = {}

    def open(self, planes: tuple[str, ...]) -> None:
        """The pictures of these planes, from the path on."""
        import SimpleITK  # noqa: PLC0415 - one library a process

        voxels = READERS[self._reader](self._folder)
        image = SimpleITK.GetImageFromArray(voxels)
        image.SetSpacing(self._spacing)
        low, high = (float(value) for value in np.percentile(voxels[:: len(voxels) // 16], (1, 99)))
        for plane in planes:
            self.pictures[plane] = self._cut(SimpleITK, image, plane, (low, high))

    def _cut(
        self, sitk: Any, image: Any, plane: str, limits: tuple[float, float]
    ) -> NDArray[np.uint8]:
        size = np.array(image.GetSize())
        spans = size * np.array(self._spacing)
        right, down = {"axial": (0, 1), "coronal": (0, 2), "sagittal": (1, 2)}[plane]
        through = 3 - right - down
        mm_per_px = max(spans[right], spans[down]) * _MARGIN / _SIDE
        ways = np.zeros((3, 3))
        ways[right, 0], ways[down, 1] = 1.0, 1.0 if down == 1 else -1.0
        ways[:, 2] = np.cross(ways[:, 0], ways[:, 1])
        centre = (size - 1) / 2 * np.array(self._spacing)
        centre[through] = (size[through] // 2) * self._spacing[through]
        origin = centre - mm_per_px * (_SIDE - 1) / 2 * (ways[:, 0] + ways[:, 1])
        cut = sitk.Resample(
            image,
            (_SIDE, _SIDE, 1),
            sitk.Transform(),
            sitk.sitkLinear,
            origin.tolist(),
            (mm_per_px, mm_per_px, 1.0),
            ways.ravel().tolist(),
        )
        low, high = limits
        self.viewports[plane] = Viewport(mm_per_px, ((low + high) / 2, high - low))
        shown = sitk.IntensityWindowing(cut, low, high, 0.0, 255.0)
        picture: NDArray[np.uint8] = sitk.GetArrayFromImage(sitk.Cast(shown, sitk.sitkUInt8))[0]
        return picture


def main() -> None:
    reader, folder, path = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    spacing, repeats = tuple(json.loads(sys.argv[4])), int(sys.argv[5])
    what, how = sys.argv[6], sys.argv[7]
    bare = Bare(reader, folder, spacing)
    planes = ("axial",) if what == "first" else ("axial", "sagittal", "coronal")
    cold = (lambda: forget(folder)) if how == "cold" else None
    taken = repeated(lambda: bare.open(planes), repeats, before=cold)
    truth = Truth(path, spacing)
    alike = {
        plane: round(truth.alike(bare.pictures[plane], plane, bare.viewports[plane]), 4)
        for plane in planes
    }
    tell(ms=taken, ssim=alike)


if __name__ == "__main__":
    main()
