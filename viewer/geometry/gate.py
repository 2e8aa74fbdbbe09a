"""The slice-corner gate: what the slices' own positions say of the grid.

Every slice states where its corners lie (PS3.3 C.7.6.2.1.1). A volume's affine states it too.
The gate is the largest distance between the two. Spacing comes from the positions projected on
the slice normal, never from SliceThickness or SpacingBetweenSlices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer.records import Geometry, GeometryKind, Vector3

EXACT_MM = 1e-3
NOTED_MM = 1e-2
SAME_PLACE_MM = 1e-2
SAME_DIRECTION = 1e-3
_MAX_SKEW = 1e-2


@dataclass(frozen=True, slots=True)
class SlicePlace:
    """Where one slice says it lies.

    ``position`` is the LPS+ mm of its first pixel's centre, ``along_row`` the direction of
    growing column index, ``along_column`` that of growing row index; ``spacing_mm`` is
    (between rows, between columns) as in PixelSpacing. None where the header does not say.
    ``trouble`` is a reason met while reading why the place must not be used; ``remark`` is a
    sentence the reader should see although it can be.
    """

    position: Vector3 | None
    along_row: Vector3 | None
    along_column: Vector3 | None
    spacing_mm: tuple[float, float] | None
    trouble: str = ""
    remark: str = ""

    def fault(self) -> str:
        """Why this cannot be used, or nothing."""
        if self.trouble:
            return self.trouble
        if self.spacing_mm is None or not _positive(self.spacing_mm):
            return "no usable pixel spacing (0028,0030)"
        if self.position is None or not np.isfinite(self.position).all():
            return "no position of the slices (0020,0032)"
        if self.along_row is None or self.along_column is None:
            return "no orientation of the slices (0020,0037)"
        row, column = np.array(self.along_row), np.array(self.along_column)
        skew = np.array([row @ row - 1.0, column @ column - 1.0, row @ column])
        if not np.isfinite(skew).all() or np.abs(skew).max() > _MAX_SKEW:
            return "row and column directions that are not perpendicular (0020,0037)"
        return ""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Slices in order along their normal, with the affine they agree on.

    ``order`` lists the input indices from the lowest position up. ``offsets_mm`` has one row
    per ordered slice: how far it lies from its place on the regular grid, along (row
    direction, column direction, normal). All zero for a regular stack.
    """

    order: tuple[int, ...]
    affine: NDArray[np.float64]
    geometry: Geometry
    offsets_mm: NDArray[np.float64]


def assess(places: Sequence[SlicePlace], rows: int, columns: int) -> Stack:
    """Sort the slices and measure how far their corners are from a regular grid.

    The slices share an orientation and no two lie at the same place (see viewer.dicom.grouping).
    A stack that must be resampled comes back with kind REGULARISED and its naive affine;
    ``regularise`` then makes the grid.
    """
    fault = next((fault for place in places if (fault := place.fault())), "")
    if fault or len(places) == 1:
        return _unknown(places, fault or "a single slice has no spacing between slices")
    origin, row, column = _arrays(places)
    normal = unit_normal(places[0])
    depth = origin @ normal
    order = np.argsort(depth, kind="stable")
    origin, row, column, depth = origin[order], row[order], column[order], depth[order]
    spacing = np.array([places[index].spacing_mm for index in order])
    grid = _grid(origin, row, column, spacing, normal)
    wrong = _corner_error(grid, (origin, row, column, spacing), rows, columns)
    ideal = grid[:3, 3] + np.arange(len(places))[:, None] * grid[:3, 2]
    basis = np.array([row.mean(axis=0), column.mean(axis=0), normal])
    offsets = (origin - ideal) @ np.linalg.inv(basis)
    verdict = _remarked(_verdict(wrong, offsets, depth), places)
    return Stack(tuple(int(index) for index in order), grid, verdict, offsets)


def unit_normal(place: SlicePlace) -> NDArray[np.float64]:
    """The unit vector across a slice: row direction x column direction."""
    normal = np.cross(np.array(place.along_row), np.array(place.along_column))
    return np.asarray(normal / np.linalg.norm(normal))


def _arrays(places: Sequence[SlicePlace]) -> tuple[NDArray[np.float64], ...]:
    return (
        np.array([place.position for place in places], dtype=np.float64),
        np.array([place.along_row for place in places], dtype=np.float64),
        np.array([place.along_column for place in places], dtype=np.float64),
    )


def _grid(
    origin: NDArray[np.float64],
    row: NDArray[np.float64],
    column: NDArray[np.float64],
    spacing: NDArray[np.float64],
    normal: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The regular grid nearest to the slices: mean directions, least-squares spacing."""
    count = len(origin)
    ramp = np.arange(count) - (count - 1) / 2
    gap = float(ramp @ (origin @ normal) / (ramp @ ramp))
    affine = np.eye(4)
    affine[:3, 0] = row.mean(axis=0) * spacing[:, 1].mean()
    affine[:3, 1] = column.mean(axis=0) * spacing[:, 0].mean()
    affine[:3, 2] = normal * gap
    affine[:3, 3] = origin.mean(axis=0) - affine[:3, 2] * (count - 1) / 2
    return affine


def _corner_error(
    grid: NDArray[np.float64],
    slices: tuple[NDArray[np.float64], ...],
    rows: int,
    columns: int,
) -> float:
    origin, row, column, spacing = slices
    depth = np.arange(len(origin))[:, None] * grid[:3, 2]
    worst = 0.0
    for j in (0, rows - 1):
        for i in (0, columns - 1):
            own = origin + row * (spacing[:, 1:] * i) + column * (spacing[:, :1] * j)
            ours = grid[:3, 3] + grid[:3, 0] * i + grid[:3, 1] * j + depth
            worst = max(worst, float(np.linalg.norm(own - ours, axis=1).max()))
    return worst


def _verdict(wrong: float, offsets: NDArray[np.float64], depth: NDArray[np.float64]) -> Geometry:
    if wrong <= EXACT_MM:
        return Geometry(GeometryKind.REGULAR, wrong)
    if wrong <= NOTED_MM:
        return Geometry(GeometryKind.REGULAR, wrong, f"slice corners agree to {wrong:.4f} mm")
    across = float(np.abs(offsets[:, :2]).max())
    along = float(np.abs(offsets[:, 2]).max())
    gaps = np.diff(depth)
    missing = int(np.rint(gaps / np.median(gaps)).sum()) - len(gaps)
    if across > along:
        cause = f"the slices are shifted against one another by up to {across:.2f} mm"
    elif missing > 0 and _multiples(gaps):
        cause = f"{missing} slice(s) are missing and were filled in between their neighbours"
    else:
        cause = f"the slices lie {gaps.min():.2f} to {gaps.max():.2f} mm apart"
    return Geometry(GeometryKind.REGULARISED, wrong, f"{cause}; resampled once to a regular grid")


def _remarked(geometry: Geometry, places: Sequence[SlicePlace]) -> Geometry:
    """The verdict with what the slices' own headers want said, each sentence once."""
    notes = dict.fromkeys([geometry.note, *(place.remark for place in places)])
    note = "; ".join(sentence for sentence in notes if sentence)
    return replace(geometry, note=note)


def _multiples(gaps: NDArray[np.float64]) -> bool:
    ratio = gaps / np.median(gaps)
    return bool(np.abs(ratio - np.rint(ratio)).max() < 0.05)


def _unknown(places: Sequence[SlicePlace], fault: str) -> Stack:
    """Keep the given order; use what the first slice says for the picture's proportions."""
    affine = np.eye(4)
    first = places[0]
    if first.spacing_mm is not None and _positive(first.spacing_mm):
        affine[0, 0], affine[1, 1] = first.spacing_mm[1], first.spacing_mm[0]
    if not first.fault():
        affine[:3, 0] = np.array(first.along_row) * affine[0, 0]
        affine[:3, 1] = np.array(first.along_column) * affine[1, 1]
        affine[:3, 2] = unit_normal(first)
        affine[:3, 3] = np.array(first.position)
    return Stack(
        tuple(range(len(places))),
        affine,
        Geometry(GeometryKind.UNKNOWN, 0.0, f"{fault}: no millimetres and no other planes"),
        np.zeros((len(places), 3)),
    )


def _positive(spacing: tuple[float, float]) -> bool:
    return all(np.isfinite(value) and value > 0 for value in spacing)
