"""Whole-head label maps to slices of tissue numbers, as seen on the screen.

Source: the label maps of SynthSeg (Billot et al. 2023, Apache-2.0), which hold arteries, veins,
mucosa, marrow, bone and skin beside the brain. Scalp fat and the pituitary are added here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.models.gate_net import PLANES
from inference.training.gate.tissues import INDEX

Tissues = NDArray[np.uint8]
EDGE = 256
TEST_MAPS = frozenset(("15", "16"))
_SOFT, _SKIN, _CHIASM = 507, 511, 85
_NAMED: dict[str, tuple[int, ...]] = {
    "white matter": (2, 41, 7, 46, 16, 85, 28, 60, 530),
    "cortex": (3, 42, 8, 47, 17, 53, 18, 54),
    "deep grey": (10, 11, 12, 13, 26, 49, 50, 51, 52, 58),
    "cerebrospinal fluid": (4, 5, 14, 15, 24, 43, 44, 72, 30, 62),
    "choroid plexus": (136, 137, 163, 164),
    "oedema": (25, 57),
    "artery": (502,),
    "vein": (514,),
    "mucosa": (509,),
    "eye": (506,),
    "muscle": (508, _SOFT),
    "skin": (_SKIN,),
    "cord": (512,),
    "bone": (515,),
    "marrow": (516,),
}


@dataclass(frozen=True, slots=True, eq=False)
class TissueSlices:
    """``tissues`` is (n, 2, 256, 256): two neighbouring 1 mm slices, to be averaged.

    ``planes`` numbers ``PLANES``.
    """

    tissues: Tissues
    planes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.planes)


def read_labels(folder: Path, per_plane: int, *, test: bool = False) -> TissueSlices:
    """Return ``per_plane`` slices of each plane of each map; the test maps are never mixed in."""
    generator = np.random.default_rng(16 if test else 7)
    pieces, planes = [], []
    for path in sorted(folder.glob("training_seg_*.nii.gz")):
        if (path.name.split("_")[2].split(".")[0] in TEST_MAPS) is not test:
            continue
        tissues = tissues_of(path)
        for number, plane in enumerate(PLANES):
            view = on_screen(tissues, plane)
            pieces.append(_pairs(view, per_plane, generator))
            planes.append(np.full(len(pieces[-1]), number))
    return TissueSlices(np.concatenate(pieces), np.concatenate(planes))


def tissues_of(path: Path) -> Tissues:
    """Return the map as tissue numbers, axes towards right, front and top."""
    image = nibabel.as_closest_canonical(nibabel.load(path))  # type: ignore[no-untyped-call]
    labels = np.asarray(image.dataobj).astype(np.int16)
    table = np.zeros(600, dtype=np.uint8)
    for name, numbers in _NAMED.items():
        table[list(numbers)] = INDEX[name]
    tissues = table[np.clip(labels, 0, 599)]
    outside = np.asarray(ndimage.uniform_filter((tissues == 0).astype(np.float32), 15)) > 0.12
    tissues[(labels == _SOFT) & outside] = INDEX["fat"]
    _mark_pituitary(tissues, labels)
    return tissues


def on_screen(volume: Tissues, plane: str) -> Tissues:
    """Return (slices, rows, columns) as prepare turns them: face up, from the front, face left."""
    if plane == "axial":
        return volume[::-1, ::-1, :].transpose(2, 1, 0)
    if plane == "coronal":
        return volume[::-1, :, ::-1].transpose(1, 2, 0)
    return volume[:, ::-1, ::-1].transpose(0, 2, 1)


def _mark_pituitary(tissues: Tissues, labels: NDArray[np.int16]) -> None:
    where = np.argwhere(labels == _CHIASM)
    if not len(where):
        return
    centre = where.mean(axis=0) - (0, 0, 8)
    grid = np.indices(tissues.shape, dtype=np.float32)
    radii = (6.5, 4.5, 3.5)
    distance = sum(
        ((axis - middle) / radius) ** 2
        for axis, middle, radius in zip(grid, centre, radii, strict=True)
    )
    tissues[distance < 1] = INDEX["pituitary"]


def _pairs(view: Tissues, count: int, generator: np.random.Generator) -> Tissues:
    """Choose slices that show enough head, each with one 0 to 4 mm further on."""
    filled = (view > 0).mean(axis=(1, 2))
    shown = np.flatnonzero(filled > 0.25 * filled.max())
    chosen = generator.choice(shown, count, replace=len(shown) < count)
    beside = np.clip(chosen + generator.integers(0, 5, count), 0, len(view) - 1)
    pairs = np.stack([view[chosen], view[beside]], axis=1)
    if pairs.shape[2:] != (EDGE, EDGE):
        raise ValueError("the label maps are not 256 voxels a side")
    return np.ascontiguousarray(pairs, dtype=np.uint8)
