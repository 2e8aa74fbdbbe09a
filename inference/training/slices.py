"""The slices a tumour network learns from, and the fold kept back.

Positives: Cheng et al. 2015 (doi:10.1371/journal.pone.0140381), 512 px of 0.49 mm, every slice
with one outlined tumour. Negatives: slices away from the lesion of two patients of TCIA
Brain-Tumor-Progression (doi:10.7937/K9/TCIA.2018.15quzvnb), the same kind of image.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

HELD_OUT_FOLD = 1
NEGATIVE_PATIENTS = ("03", "04")
NEGATIVE_GAP_SLICES = 2
TYPE_VALUES = {"meningioma": 1, "glioma": 2, "pituitary": 3}


@dataclass(frozen=True, slots=True, eq=False)
class SliceSet:
    """Images uint8 and label values uint8, both (n, side, side); ``types`` is 0 for no lesion."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    types: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.types)


def _read_slice(folder: Path, row: dict[str, str], side: int) -> tuple[NDArray[np.uint8], ...]:
    size = (side, side)
    with Image.open(folder / "images" / f"{row['id']}.jpg") as picture:
        image = np.asarray(picture.convert("L").resize(size, Image.Resampling.BOX))
    with Image.open(folder / "masks" / f"{row['id']}.png") as picture:
        mask = np.asarray(picture.convert("L").resize(size, Image.Resampling.BOX)) > 127
    return image, mask.astype(np.uint8) * np.uint8(TYPE_VALUES[row["label"]])


def leaked_ids(folder: Path) -> set[str]:
    """Return ids of slices that have a near-identical twin in another fold."""
    with (folder / "cross_fold_pairs.csv").open(newline="") as handle:
        return {row[key] for row in csv.DictReader(handle) for key in ("id_a", "id_b")}


def read_positives(folder: Path, side: int) -> tuple[SliceSet, SliceSet]:
    """Return (training, held-out) slices of the Cheng set; leaked slices leave the held-out."""
    with (folder / "labels.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    leaked = leaked_ids(folder)
    held = [r for r in rows if int(r["fold"]) == HELD_OUT_FOLD and r["id"] not in leaked]
    kept = [r for r in rows if int(r["fold"]) != HELD_OUT_FOLD]
    return _stack(folder, kept, side), _stack(folder, held, side)


def _stack(folder: Path, rows: list[dict[str, str]], side: int) -> SliceSet:
    pairs = [_read_slice(folder, row, side) for row in rows]
    return SliceSet(
        np.stack([image for image, _ in pairs]),
        np.stack([label for _, label in pairs]),
        np.array([TYPE_VALUES[row["label"]] for row in rows]),
    )


def read_volume(folder: Path, moment: str) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return voxels and lesion mask (slices, rows, columns), radiological, of one PGBM patient.

    The source lost its affine; by its own convention a transposed slice is the radiological view.
    """
    scan = nibabel.nifti1.load(folder / f"{moment}_Scan_T1.nii.gz")  # type: ignore[no-untyped-call]  # as nibabel is
    mask = nibabel.nifti1.load(folder / f"{moment}_Mask.nii.gz")  # type: ignore[no-untyped-call]
    voxels = np.asarray(scan.dataobj, dtype=np.float32)
    marked = np.asarray(mask.dataobj) > 0
    return np.squeeze(voxels).transpose(2, 1, 0).copy(), np.squeeze(marked).transpose(
        2, 1, 0
    ).copy()


def clear_slices(
    voxels: NDArray[np.float32], mask: NDArray[np.bool_], gap: int = NEGATIVE_GAP_SLICES
) -> list[int]:
    """Return indices of slices that show a head and lie at least ``gap`` from the lesion."""
    marked = np.asarray(mask.any(axis=(1, 2)))
    near = np.asarray(ndimage.binary_dilation(marked, iterations=gap - 1)) if gap > 1 else marked
    bright = voxels > 0.1 * np.quantile(voxels, 0.995)
    return [k for k in range(len(voxels)) if not near[k] and float(bright[k].mean()) > 0.08]


def read_negatives(
    folder: Path, side: int, patients: tuple[str, ...] = NEGATIVE_PATIENTS
) -> SliceSet:
    """Return lesion-free post-contrast slices of the PGBM patients named."""
    images: list[NDArray[np.uint8]] = []
    for patient in patients:
        for moment in ("Pre", "Post"):
            if not (folder / patient / f"{moment}_Scan_T1.nii.gz").is_file():
                continue
            voxels, mask = read_volume(folder / patient, moment)
            top = float(np.quantile(voxels, 0.999))
            for k in clear_slices(voxels, mask):
                eight_bit = (np.clip(voxels[k] / top, 0, 1) * 255).astype(np.uint8)
                resized = Image.fromarray(eight_bit).resize((side, side), Image.Resampling.BOX)
                images.append(np.asarray(resized))
    stack = np.stack(images)
    return SliceSet(stack, np.zeros_like(stack), np.zeros(len(stack), dtype=np.int64))
