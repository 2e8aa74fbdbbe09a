"""Real pictures to train on and to be measured with; each set says what is known of it.

Everything is read as the program reads it: the view the affine gives, 2 mm a pixel, centred on
the foreground. Kinds a header or the data's own description does not state stay unknown (-1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.models.gate_net import KINDS, PIXEL_MM, PLANES
from inference.pipeline.prepare import plane_of, prepare
from inference.training.gate.spoil import CANVAS_PX
from viewer.records import Geometry, GeometryKind, Volume

UNKNOWN = -1
_FINEST_MM = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Real pictures (n, 160, 160) uint8, 0..1.2 on 0..255, and what is known of each.

    ``kinds`` and ``planes`` number KINDS and PLANES, -1 where unknown; ``heads`` is 1, 0;
    ``upright`` says whether the picture is known to stand as its plane is shown.
    """

    images: NDArray[np.uint8]
    kinds: NDArray[np.int64]
    planes: NDArray[np.int64]
    heads: NDArray[np.float32]
    upright: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.images)


def pictures_of(
    images: NDArray[np.float32], kind: str, plane: str = "", *, head: bool = True, up: bool = True
) -> Pictures:
    """Return pictures of one kind; ``images`` are 0..1.2."""
    count = len(images)
    packed = np.clip(np.round(images / 1.2 * 255), 0, 255).astype(np.uint8)
    return Pictures(
        packed,
        np.full(count, KINDS.index(kind) if kind else UNKNOWN),
        np.full(count, PLANES.index(plane) if plane else UNKNOWN),
        np.full(count, float(head), dtype=np.float32),
        np.full(count, float(up), dtype=np.float32),
    )


def joined(sets: list[Pictures]) -> Pictures:
    """Return all pictures of several sets."""
    return Pictures(
        np.concatenate([s.images for s in sets]),
        np.concatenate([s.kinds for s in sets]),
        np.concatenate([s.planes for s in sets]),
        np.concatenate([s.heads for s in sets]),
        np.concatenate([s.upright for s in sets]),
    )


def views(volume: Volume, kind: str, *, head: bool = True) -> Pictures:
    """Return the volume's slices, and where it is fine enough those of the other two planes."""
    sets = []
    for turned in _reformats(volume):
        prepared = prepare(turned, CANVAS_PX, PIXEL_MM)
        shown = prepared.head if prepared.head.any() else np.ones_like(prepared.head)
        plane = plane_of(turned.affine)[0]
        sets.append(pictures_of(prepared.images[shown], kind, plane, head=head))
    return joined(sets)


def _reformats(volume: Volume) -> list[Volume]:
    found = [volume]
    if volume.spacing_mm[2] <= _FINEST_MM + 0.5 and min(volume.voxels.shape) > 40:
        for order in ((1, 0, 2), (2, 1, 0)):
            voxels = volume.voxels.transpose(order)
            columns = [2 - axis for axis in order][::-1]
            affine = volume.affine.copy()
            affine[:3, :3] = volume.affine[:3, columns]
            found.append(Volume(np.ascontiguousarray(voxels), affine, volume.geometry))
    return [_thinned(one) for one in found]


def _thinned(volume: Volume) -> Volume:
    """Keep about 64 slices; close neighbours show the same."""
    step = max(1, len(volume.voxels) // 64)
    affine = volume.affine.copy()
    affine[:3, 2] *= step
    return Volume(volume.voxels[::step], affine, volume.geometry)


def regular(voxels: NDArray[np.generic], affine: NDArray[np.float64]) -> Volume:
    """Return a volume whose grid is taken as the file states it."""
    return Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))
