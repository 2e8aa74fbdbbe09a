"""A volume to the slices the network reads, in millimetres, and its answer back again.

Slices stay the acquired ones; they are only turned by quarter turns and mirrors, which the
affine decides, into the view the training slices have: axial seen from the feet with the face
up, coronal from the front, sagittal with the face to the left. Nothing is guessed from pixels.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from viewer.records import Volume

Image = NDArray[np.float32]
_SLAB = 16
_LEAST_PEAK = 10.0
_AXES = {"sagittal": 0, "coronal": 1, "axial": 2}
SCREEN = {
    "axial": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "coronal": ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    "sagittal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
}


def plane_of(affine: NDArray[np.float64]) -> tuple[str, float]:
    """Return the acquired plane's name and how well it fits, the cosine to its normal (0..1)."""
    normal = np.cross(affine[:3, 0], affine[:3, 1])
    normal = np.abs(normal / np.linalg.norm(normal))
    axis = int(normal.argmax())
    return next(name for name, value in _AXES.items() if value == axis), float(normal[axis])


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The network's slices and the two matrices that lead there and back.

    ``images`` is (slices, side, side), normalised 0..1.2; ``head`` says which slices show
    enough head. ``turn`` is (transposed, rows reversed, columns reversed) from series to view.
    ``back_rows`` (view rows, side) and ``back_columns`` (view columns, side) interpolate a
    network grid linearly onto the view's pixels. ``gap_mm`` is the distance between slices along
    their normal, ``slip_px`` how far (rows, columns) in network pixels each slice lies aside of
    the one before; both come from the affine, so a sheared grid has its true depth.
    """

    images: Image
    head: NDArray[np.bool_]
    turn: tuple[bool, bool, bool]
    back_rows: Image
    back_columns: Image
    pixel_mm: float
    gap_mm: float
    slip_px: tuple[float, float]

    def restore(self, grid: Image) -> Image:
        """Return one network-grid slice (side, side) on the series' (rows, columns)."""
        view = self.back_rows @ grid.astype(np.float32) @ self.back_columns.T
        return _turn_back(np.asarray(view, dtype=np.float32), self.turn)


def normalise(images: NDArray[np.uint8] | Image) -> Image:
    """Return (n, h, w) scaled so that quantiles 0.02 and 0.995 of each slice become 0 and 1.

    Values are clipped to 0..1.2, the range the network is trained on.
    """
    images = _in_steps(images)
    flat = images.reshape(len(images), -1)
    low = np.quantile(flat, 0.02, axis=1)[:, None, None]
    high = np.quantile(flat, 0.995, axis=1)[:, None, None]
    scaled = (images - low) / (high - low + 1e-3)
    return np.asarray(np.clip(scaled, 0, 1.2), dtype=np.float32)


class _Kept:
    """The mask of the voxels asked about last, for as long as they live and cannot change."""

    def __init__(self) -> None:
        self._of: weakref.ref[NDArray[np.generic]] | None = None
        self._mask: NDArray[np.bool_] | None = None

    def get(self, voxels: NDArray[np.generic]) -> NDArray[np.bool_] | None:
        same = self._of is not None and self._of() is voxels and not voxels.flags.writeable
        return self._mask if same else None

    def put(self, voxels: NDArray[np.generic], mask: NDArray[np.bool_]) -> None:
        mask.flags.writeable = False
        if not voxels.flags.writeable:
            self._of, self._mask = weakref.ref(voxels, self._drop), mask

    def _drop(self, gone: weakref.ref[NDArray[np.generic]]) -> None:
        if self._of is gone:
            self._of = self._mask = None


_kept = _Kept()


def head_mask(voxels: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return where the volume shows tissue, read-only; computed once for voxels that are locked.

    The gate, the network's preparation and the placing all ask for it.
    """
    mask = _kept.get(voxels)
    if mask is None:
        mask = _tissue(voxels, _lowest(voxels))
        _kept.put(voxels, mask)
    return mask


def _tissue(voxels: NDArray[np.generic], lowest: np.float32) -> NDArray[np.bool_]:
    """Return what is above a tenth of the 99.5 % value, specks dropped.

    ``lowest`` is taken off the values first. Slab by slab: beside the mask little is held.
    """
    some = _values(voxels[:: max(1, len(voxels) // 32)], lowest)
    least = 0.1 * float(np.quantile(some, 0.995, overwrite_input=True))
    mask = np.empty(voxels.shape, dtype=bool)
    for first in range(0, len(voxels), _SLAB):
        slab = slice(first, first + _SLAB)
        bright = _values(voxels[slab], lowest) > least
        mask[slab] = ndimage.binary_opening(bright, np.ones((1, 3, 3), dtype=bool))
    return mask


def prepare(
    volume: Volume,
    side_px: int,
    pixel_mm: float,
    scaled: Callable[[Image], Image] = normalise,
) -> Prepared:
    """Return ``volume`` as network slices of ``pixel_mm``, centred on the head.

    ``scaled`` brings the resampled slices (n, side, side) to the values the network knows.

    Each network pixel is the mean of the area it covers, as the training slices were made.
    Slices are taken one by one, so that no second copy of the volume is held.
    """
    plane, _ = plane_of(volume.affine)
    turn = _turning(volume.affine, plane)
    lowest = _lowest(volume.voxels)
    mask = _turn(head_mask(volume.voxels), turn)
    view = _turn(volume.voxels, turn)
    across, down = volume.spacing_mm[0], volume.spacing_mm[1]
    if turn[0]:
        across, down = down, across
    centre_row, centre_column = (_middle(mask, axis) for axis in (2, 1))
    rows = _area_weights(view.shape[1], down, centre_row, side_px, pixel_mm)
    columns = _area_weights(view.shape[2], across, centre_column, side_px, pixel_mm)
    small = [rows @ _values(image, lowest) @ columns.T for image in view]
    coverage = np.array([(rows @ part.astype(np.float32) @ columns.T).mean() for part in mask])
    return Prepared(
        images=scaled(np.stack(small).astype(np.float32, copy=False)),
        head=coverage > 0.06,
        turn=turn,
        back_rows=_linear_weights(view.shape[1], down, centre_row, side_px, pixel_mm),
        back_columns=_linear_weights(view.shape[2], across, centre_column, side_px, pixel_mm),
        pixel_mm=pixel_mm,
        gap_mm=slice_gap_mm(volume.affine),
        slip_px=_slip(volume.affine, turn, pixel_mm),
    )


def _in_steps(images: NDArray[np.uint8] | Image) -> NDArray[np.uint8] | Image:
    """Return images of very small values times what makes their largest one 255.

    Real images may be stored in any unit; ``normalise`` adds a thousandth of a grey step, which
    must not count beside their contrast.
    """
    peak = float(images.max())
    if not 0 < peak < _LEAST_PEAK:
        return images
    return np.asarray(images.astype(np.float64) * (255 / peak), dtype=np.float32)


def _lowest(voxels: NDArray[np.generic]) -> np.float32:
    """Return what lifts all but a thousandth of the values above zero when taken off them."""
    if voxels.min() >= 0:
        return np.float32(0)
    values = np.array(voxels, dtype=np.float32)
    return np.float32(min(0.0, float(np.quantile(values, 0.001, overwrite_input=True))))


def _values(part: NDArray[np.generic], lowest: np.float32 | None) -> Image:
    values = np.array(part, dtype=np.float32)
    return values if lowest is None else np.maximum(values - lowest, 0)


def slice_gap_mm(affine: NDArray[np.float64]) -> float:
    """Return the distance between slices along their normal, whatever the grid's shear."""
    across = np.cross(affine[:3, 0], affine[:3, 1])
    return float(abs(affine[:3, 2] @ across) / np.linalg.norm(across))


def _slip(
    affine: NDArray[np.float64], turn: tuple[bool, bool, bool], pixel_mm: float
) -> tuple[float, float]:
    """Return how far a slice lies aside of the one before, in the view's (rows, columns)."""
    unit = affine[:3, :2] / np.linalg.norm(affine[:3, :2], axis=0)
    along, down = (float(mm) for mm in np.linalg.lstsq(unit, affine[:3, 2], rcond=None)[0])
    if turn[0]:
        along, down = down, along
    signs = (-1 if turn[1] else 1, -1 if turn[2] else 1)
    return signs[0] * down / pixel_mm, signs[1] * along / pixel_mm


def _turning(affine: NDArray[np.float64], plane: str) -> tuple[bool, bool, bool]:
    across, down = (np.array(axis) for axis in SCREEN[plane])
    i, j = affine[:3, 0], affine[:3, 1]
    transposed = bool(abs(j @ across) > abs(i @ across))
    along, below = (j, i) if transposed else (i, j)
    return transposed, bool(below @ down < 0), bool(along @ across < 0)


def _turn(stack: NDArray[np.generic], turn: tuple[bool, bool, bool]) -> NDArray[np.generic]:
    """Return (slices, rows, columns) as seen on the screen; a view, nothing is copied."""
    turned = stack.transpose(0, 2, 1) if turn[0] else stack
    return turned[:, :: -1 if turn[1] else 1, :: -1 if turn[2] else 1]


def _turn_back(view: Image, turn: tuple[bool, bool, bool]) -> Image:
    turned = view[:: -1 if turn[1] else 1, :: -1 if turn[2] else 1]
    return turned.T if turn[0] else turned


def _middle(mask: NDArray[np.generic], axis: int) -> float:
    present = np.asarray(mask.any(axis=(0, axis)))
    where = np.flatnonzero(present)
    return float(where[0] + where[-1]) / 2 if len(where) else (len(present) - 1) / 2


def _area_weights(
    count: int, spacing_mm: float, centre: float, side_px: int, pixel_mm: float
) -> Image:
    """Return (side_px, count) weights: the share of each network pixel a source pixel covers."""
    edges = (np.arange(side_px + 1) - side_px / 2) * pixel_mm
    source = (np.arange(count + 1) - 0.5 - centre) * spacing_mm
    low = np.maximum(edges[:-1, None], source[None, :-1])
    high = np.minimum(edges[1:, None], source[None, 1:])
    return np.asarray(np.maximum(high - low, 0) / pixel_mm, dtype=np.float32)


def _linear_weights(
    count: int, spacing_mm: float, centre: float, side_px: int, pixel_mm: float
) -> Image:
    """Return (count, side_px) weights that interpolate linearly; zero outside the network grid."""
    position = (np.arange(count) - centre) * spacing_mm / pixel_mm + (side_px - 1) / 2
    distance = np.abs(position[:, None] - np.arange(side_px)[None, :])
    return np.asarray(np.maximum(1 - distance, 0), dtype=np.float32)
