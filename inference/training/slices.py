"""The slices a tumour network learns from, by the author's patient-wise folds.

Positives: Cheng et al. 2015 (doi:10.1371/journal.pone.0140381), 512 px of 0.49 mm, every slice
with one outlined tumour. Negatives: slices away from the lesion of two patients of TCIA
Brain-Tumor-Progression (doi:10.7937/K9/TCIA.2018.15quzvnb), the same kind of image.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

FOLDS = (1, 2, 3, 4, 5)
SOURCE_PX = 256
SOURCE_MM = 512 * 0.49 / SOURCE_PX
NEGATIVE_PATIENTS = ("03", "04")
NEGATIVE_GAP_SLICES = 2
TYPE_VALUES = {"meningioma": 1, "glioma": 2, "pituitary": 3}
# PGBM lost its affine; PGBM-002's DICOM says 220 mm over 256 pixels and 6.5 mm between slices.
PGBM_PIXEL_MM = 220 / 256
PGBM_GAP_MM = 6.5


@dataclass(frozen=True, slots=True, eq=False)
class SliceSet:
    """Images uint8 and label values uint8, both (n, 256, 256) of 0.98 mm pixels.

    ``types`` is 0 for no lesion. ``centres`` (n, 2) is the middle of the head as (x, y) in
    -1..1 of the image. ``ids`` are the source's.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    types: NDArray[np.int64]
    centres: NDArray[np.float32]
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.types)

    def part(self, chosen: slice) -> SliceSet:
        """Return the chosen slices."""
        return SliceSet(
            self.images[chosen],
            self.labels[chosen],
            self.types[chosen],
            self.centres[chosen],
            self.ids[chosen],
        )


class Split(StrEnum):
    """How slices are dealt to the folds.

    BY_PATIENT are the author's folds. BY_SLICE deals them at random, so that most patients are on
    both sides: only to show what that does to the figures (docs/adr/0023), never for a model.
    """

    BY_PATIENT = "patient"
    BY_SLICE = "slice"


def _fold_of(row: dict[str, str], split: Split) -> int:
    if split is Split.BY_PATIENT:
        return int(row["fold"])
    return FOLDS[int(np.random.default_rng(int(row["id"])).integers(len(FOLDS)))]


def training_slices(folder: Path, fold: int, split: Split = Split.BY_PATIENT) -> SliceSet:
    """Return the slices of the Cheng set outside ``fold``."""
    return _stack(folder, [row for row in _rows(folder) if _fold_of(row, split) != fold])


def held_out_slices(folder: Path, fold: int, split: Split = Split.BY_PATIENT) -> SliceSet:
    """Return the slices of ``fold``, without those that have a near-identical twin elsewhere.

    Of a split by slice all are returned.
    """
    if split is Split.BY_SLICE:
        return _stack(folder, [row for row in _rows(folder) if _fold_of(row, split) == fold])
    with (folder / "cross_fold_pairs.csv").open(newline="") as handle:
        leaked = {row[key] for row in csv.DictReader(handle) for key in ("id_a", "id_b")}
    rows = (row for row in _rows(folder) if int(row["fold"]) == fold)
    return _stack(folder, [row for row in rows if row["id"] not in leaked])


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="") as handle:
        return list(csv.DictReader(handle))


def sliced_by_id(folder: Path, ids: tuple[str, ...]) -> SliceSet:
    """Return slices of the Cheng set in the order of ``ids``."""
    rows = {row["id"]: row for row in _rows(folder)}
    return _stack(folder, [rows[one] for one in ids])


def native_outlines(folder: Path, ids: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return the source's lesion masks (n, 512, 512)."""
    masks = []
    for one in ids:
        with Image.open(folder / "masks" / f"{one}.png") as picture:
            masks.append(np.asarray(picture.convert("L")) > 127)
    return np.stack(masks)


def head_centres(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the middle of what is brighter than air on each image, (n, 2) as (x, y) in -1..1."""
    centres = np.zeros((len(images), 2), dtype=np.float32)
    for index, image in enumerate(images):
        bright = ndimage.binary_opening(image > 0.1 * np.quantile(image, 0.995), np.ones((3, 3)))
        for axis in (0, 1):
            where = np.flatnonzero(bright.any(axis=axis))
            if len(where):
                middle = (where[0] + where[-1] + 1) / 2
                centres[index, axis] = 2 * middle / image.shape[1 - axis] - 1
    return centres


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


def read_negatives(folder: Path, patients: tuple[str, ...] = NEGATIVE_PATIENTS) -> SliceSet:
    """Return lesion-free post-contrast slices of the PGBM patients named."""
    side = round(256 * PGBM_PIXEL_MM / SOURCE_MM)
    images: list[NDArray[np.uint8]] = []
    ids: list[str] = []
    for patient in patients:
        for moment in ("Pre", "Post"):
            if not (folder / patient / f"{moment}_Scan_T1.nii.gz").is_file():
                continue
            voxels, mask = read_volume(folder / patient, moment)
            top = float(np.quantile(voxels, 0.999))
            for k in clear_slices(voxels, mask):
                eight_bit = (np.clip(voxels[k] / top, 0, 1) * 255).astype(np.uint8)
                resized = Image.fromarray(eight_bit).resize((side, side), Image.Resampling.BOX)
                images.append(_padded(np.asarray(resized)))
                ids.append(f"{patient} {moment} {k}")
    stack = np.stack(images)
    return SliceSet(
        stack,
        np.zeros_like(stack),
        np.zeros(len(stack), dtype=np.int64),
        head_centres(stack),
        tuple(ids),
    )


def _padded(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    before = (SOURCE_PX - image.shape[0]) // 2
    after = SOURCE_PX - image.shape[0] - before
    return np.pad(image, ((before, after), (before, after)))


def _stack(folder: Path, rows: list[dict[str, str]]) -> SliceSet:
    pairs = [_read_slice(folder, row) for row in rows]
    images = np.stack([image for image, _ in pairs])
    return SliceSet(
        images,
        np.stack([label for _, label in pairs]),
        np.array([TYPE_VALUES[row["label"]] for row in rows]),
        head_centres(images),
        tuple(row["id"] for row in rows),
    )


def _read_slice(folder: Path, row: dict[str, str]) -> tuple[NDArray[np.uint8], ...]:
    size = (SOURCE_PX, SOURCE_PX)
    with Image.open(folder / "images" / f"{row['id']}.jpg") as picture:
        image = np.asarray(picture.convert("L").resize(size, Image.Resampling.BOX))
    with Image.open(folder / "masks" / f"{row['id']}.png") as picture:
        mask = np.asarray(picture.convert("L").resize(size, Image.Resampling.BOX)) > 127
    return image, mask.astype(np.uint8) * np.uint8(TYPE_VALUES[row["label"]])
