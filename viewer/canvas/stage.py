"""A volume made ready to be looked at: planes along its grid, cutters, outlines. No Qt.

Build these on a worker: making a cutter imports VTK and may convert the voxels.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.canvas.state import ViewState
from viewer.geometry.planes import (
    ORTHOGONAL,
    Extent,
    Plane,
    PlaneKind,
    corner_points,
    extent_mm,
    native_plane,
    standard_plane,
    volume_centre,
)
from viewer.geometry.reslice import Reslicer
from viewer.geometry.window import Preset, default_window, presets
from viewer.records import Geometry, GeometryKind, Vector3, Volume, WindowLevel

_SQUARE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A volume with its cutter and the planes the views show of it.

    ``extents`` say where each plane may be along its normal, ``spans_mm`` how wide and high the
    volume is as the plane sees it, ``corners_mm`` where its outermost voxels end.

    NATIVE are the slices as they were acquired. Where the geometry is unknown there is no other
    plane; AXIAL then names the same one.
    """

    volume: Volume
    cutter: Reslicer
    planes: Mapping[PlaneKind, Plane]
    presets: tuple[Preset, ...]
    window: WindowLevel
    extents: Mapping[PlaneKind, Extent]
    spans_mm: Mapping[PlaneKind, tuple[float, float]]
    corners_mm: tuple[Vector3, ...]

    @property
    def measured(self) -> bool:
        """Whether millimetres and directions mean anything here."""
        return self.volume.geometry.kind is not GeometryKind.UNKNOWN

    def first_state(self) -> ViewState:
        """The state a reading begins with: the middle of the volume, its own window."""
        return ViewState(self.snap(volume_centre(self.volume)), self.window)

    def snap(self, point_mm: Vector3, k: int | None = None) -> Vector3:
        """The centre of the voxel nearest to a point inside the volume, on stored slice k if given.

        ``k`` counts from zero.
        """
        slices, rows, columns = self.volume.voxels.shape
        index = self.volume.to_index(point_mm)
        if k is not None:
            index = (index[0], index[1], float(k))
        column, row, level = (
            float(min(max(round(value), 0), count - 1))
            for value, count in zip(index, (columns, rows, slices), strict=True)
        )
        return self.volume.to_mm((column, row, level))

    def plane_of(self, kind: PlaneKind, state: ViewState) -> tuple[Plane, Extent]:
        """A plane as the reader has turned it, through the volume's middle, and where it may be."""
        tilt = state.tilt(kind)
        if tilt is None:
            return self.planes[kind], self.extents[kind]
        plane = self.planes[kind].turned(tilt)
        return plane, extent_mm(self.volume, plane)

    def stepped(
        self, kind: PlaneKind, cursor_mm: Vector3, steps: int, state: ViewState | None = None
    ) -> Vector3:
        """The cursor moved by whole slices along a plane's normal, kept inside the volume.

        With a state whose plane is turned the cursor stays between voxels, else it is snapped.
        """
        turned = state is not None and state.tilt(kind) is not None
        plane, extent = (
            self.plane_of(kind, state)
            if state is not None and turned
            else (self.planes[kind], self.extents[kind])
        )
        if not turned:
            away = steps * extent.step_mm * np.array(plane.normal)
            moved = np.array(cursor_mm) + away
            return self.snap((float(moved[0]), float(moved[1]), float(moved[2])))
        here = float(np.dot(plane.normal, cursor_mm))
        there = min(max(here + steps * extent.step_mm, extent.first_mm), extent.last_mm)
        moved = np.array(cursor_mm) + (there - here) * np.array(plane.normal)
        return float(moved[0]), float(moved[1]), float(moved[2])

    def slice_of(
        self, kind: PlaneKind, cursor_mm: Vector3, state: ViewState | None = None
    ) -> tuple[int, int]:
        """Which slice of how many the plane through the cursor is, counted from one."""
        plane, extent = (
            self.plane_of(kind, state)
            if state is not None
            else (self.planes[kind], self.extents[kind])
        )
        count = round((extent.last_mm - extent.first_mm) / extent.step_mm) + 1
        place = float(np.dot(plane.normal, cursor_mm)) - extent.first_mm
        return min(max(round(place / extent.step_mm) + 1, 1), count), count


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """One label of a label map, ready to be cut; its edge lies at value 127.5.

    ``corners_mm`` are the corners of its box, LPS+ mm, one voxel around it.
    """

    value: int
    cutter: Reslicer
    corners_mm: tuple[Vector3, ...]


@dataclass(frozen=True, slots=True, eq=False)
class HeatLayer:
    """A heat map ready to be cut: 0..1 kept in steps of 1/255, which is all a screen shows.

    ``native`` holds it in the cells that were really resolved, ``cell_mm`` wide, where known.
    """

    cutter: Reslicer
    native: Reslicer | None = None
    cell_mm: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Overlays:
    """What an analysis lays over the volume."""

    outlines: tuple[Outline, ...] = ()
    heat: HeatLayer | None = None


def stage_of(volume: Volume, hint: WindowLevel | None = None) -> Stage:
    """The volume made ready; ``hint`` is the header's window if it has one."""
    middle = (volume.voxels.shape[0] - 1) // 2
    if volume.geometry.kind is GeometryKind.UNKNOWN:
        planes = dict.fromkeys((PlaneKind.AXIAL, PlaneKind.NATIVE), native_plane(volume, middle))
    else:
        planes = grid_planes(volume)
        planes[PlaneKind.NATIVE] = native_plane(volume, middle)
    window = default_window(volume.voxels, hint)
    cutter = Reslicer(volume.voxels, volume.affine)
    return Stage(
        volume=volume,
        cutter=cutter,
        planes=planes,
        presets=presets(volume.voxels, hint),
        window=window,
        extents={kind: extent_mm(volume, plane) for kind, plane in planes.items()},
        spans_mm={kind: _span_mm(volume, plane) for kind, plane in planes.items()},
        corners_mm=_edges_mm(volume),
    )


def grid_planes(volume: Volume) -> dict[PlaneKind, Plane]:
    """Axial, coronal and sagittal planes turned onto the grid's own axes.

    So the reader sees the slices as they were acquired, not a mixture of neighbours, and one
    turn of the wheel is one slice. The letters say how far the grid is turned. A grid whose axes
    are not at right angles keeps the planes of the patient.
    """
    centre = volume_centre(volume)
    axes = volume.affine[:3, :3] / np.linalg.norm(volume.affine[:3, :3], axis=0)
    standard = {kind: standard_plane(kind, centre) for kind in ORTHOGONAL}
    if not np.allclose(axes.T @ axes, np.eye(3), atol=_SQUARE):
        return standard
    turned = _nearest_turn(axes)
    return {
        kind: Plane(centre, _turn(turned, plane.right), _turn(turned, plane.down))
        for kind, plane in standard.items()
    }


def tilt_degrees(plane: Plane, kind: PlaneKind) -> float:
    """Angle between a plane's normal and that of the patient's plane of that name."""
    cosine = abs(float(np.dot(plane.normal, standard_plane(kind, plane.centre).normal)))
    return math.degrees(math.acos(min(1.0, cosine)))


def nearest_kind(plane: Plane) -> PlaneKind:
    """The plane of the patient nearest to a plane."""
    return min(ORTHOGONAL, key=lambda kind: tilt_degrees(plane, kind))


def outlines_of(labels: NDArray[np.uint8], affine: NDArray[np.float64]) -> tuple[Outline, ...]:
    """One outline per label value in (slices, rows, columns) on the grid of the affine."""
    values = [int(value) for value in np.unique(labels) if value]
    return tuple(_outline(value, labels == value, affine) for value in values)


def heat_layer_of(
    heat: NDArray[np.float16],
    affine: NDArray[np.float64],
    cells: tuple[NDArray[np.uint8], NDArray[np.float64]] | None = None,
) -> HeatLayer:
    """The layer of a heat map 0..1 of shape (slices, rows, columns).

    ``cells`` are the values 0..255 of the cells it was made of, (slices, rows, columns) of
    cells, and the matrix from a cell's (column, row, slice, 1) to the voxel there.
    """
    steps = np.empty(heat.shape, np.uint8)
    for k in range(heat.shape[0]):  # slice by slice: no float copy of the whole map
        steps[k] = np.round(np.clip(heat[k].astype(np.float32), 0.0, 1.0) * 255.0)
    if cells is None:
        return HeatLayer(Reslicer(steps, affine))
    to_mm = affine @ cells[1]
    cell_mm = float(np.linalg.norm(to_mm[:3, 0]))
    return HeatLayer(Reslicer(steps, affine), Reslicer(cells[0], to_mm), cell_mm)


def _span_mm(volume: Volume, plane: Plane) -> tuple[float, float]:
    """Width and height of the volume as the plane sees it, voxel edges included."""
    corners = corner_points(volume) - np.array(plane.centre)
    spans = []
    for axis in (np.array(plane.right), np.array(plane.down)):
        places = corners @ axis
        voxel = float(np.abs(volume.affine[:3, :3].T @ axis).max())
        spans.append(float(places.max() - places.min()) + voxel)
    return spans[0], spans[1]


def _edges_mm(volume: Volume) -> tuple[Vector3, ...]:
    """The eight corners of the volume, half a voxel beyond the centres of the corner voxels."""
    slices, rows, columns = volume.voxels.shape
    ends = ((-0.5, columns - 0.5), (-0.5, rows - 0.5), (-0.5, slices - 0.5))
    return tuple(volume.to_mm(corner) for corner in itertools.product(*ends))


def _outline(value: int, mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> Outline:
    """The mask's own box, one empty voxel around it."""
    box = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        filled = np.flatnonzero(mask.any(axis=others))
        box.append(slice(int(filled[0]), int(filled[-1]) + 1))
    part = np.pad(mask[tuple(box)].astype(np.uint8) * np.uint8(255), 1)
    moved = affine.copy()
    first = np.array([box[2].start - 1, box[1].start - 1, box[0].start - 1, 1.0])
    moved[:3, 3] = (affine @ first)[:3]
    box_of_part = Volume(part, moved, Geometry(GeometryKind.REGULAR, 0.0))
    corners = tuple((float(x), float(y), float(z)) for x, y, z in corner_points(box_of_part))
    return Outline(value, Reslicer(part, moved), corners)


def _nearest_turn(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows: for patient x, y, z the grid axis (with its sign) that lies nearest to it."""
    best = max(
        itertools.permutations(range(3)),
        key=lambda order: sum(abs(axes[row, column]) for row, column in enumerate(order)),
    )
    signs = [1.0 if axes[row, column] >= 0 else -1.0 for row, column in enumerate(best)]
    return np.array([sign * axes[:, column] for sign, column in zip(signs, best, strict=True)])


def _turn(turned: NDArray[np.float64], direction: Vector3) -> Vector3:
    vector = np.array(direction) @ turned
    return float(vector[0]), float(vector[1]), float(vector[2])
