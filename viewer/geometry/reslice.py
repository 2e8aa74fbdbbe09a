"""Cutting a plane out of voxels with vtkImageReslice: any affine, no OpenGL.

This module imports VTK (a third of a second): import it with the canvas, not with the records.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkImagingCore import vtkImageReslice

from viewer.geometry.planes import Plane
from viewer.geometry.slab import Slab, SlabMode

_ALONG = 1e-6
_VTK_TYPES = frozenset("bBhHiIqQfd")


class Interpolation(StrEnum):
    """How values between voxel centres are made."""

    LINEAR = "linear"
    NEAREST = "nearest"


class Reslicer:
    """Cuts planes out of one array; the array is shared with VTK, never copied.

    Works in index space: the image VTK sees has unit spacing and no direction, and each
    plane is brought there by the inverse affine. So oblique, mirrored (negative determinant)
    and slightly sheared grids are all the same case. Not for two threads at once.

    Parameters
    ----------
    voxels
        Array of shape (slices, rows, columns) in C order. float16 and bool, which VTK does
        not know, are converted once (to float32 and uint8).
    affine
        4x4: (column i, row j, slice k, 1) to LPS+ mm of the voxel's centre.
    """

    def __init__(self, voxels: NDArray[Any], affine: NDArray[np.float64]) -> None:
        if voxels.ndim != 3 or affine.shape != (4, 4):
            raise ValueError("a reslicer needs (slices, rows, columns) and a 4x4 affine")
        self._voxels = _as_vtk_knows(voxels)
        self._to_index = np.linalg.inv(affine)
        self._image = _wrap(self._voxels)
        self._filter = _reslice_filter(self._image)
        self._flat: tuple[tuple[int, int, int, SlabMode], Reslicer] | None = None

    @property
    def voxels(self) -> NDArray[Any]:
        """The array the planes are cut from, (slices, rows, columns)."""
        return self._voxels

    @property
    def image(self) -> vtkImageData:
        """The vtkImageData around the same memory, in index space (unit spacing, origin 0)."""
        return self._image

    @property
    def finest_mm(self) -> float:
        """The smallest distance between voxel centres along an axis of the grid."""
        return float(np.linalg.norm(np.linalg.inv(self._to_index)[:3, :3], axis=0).min())

    def lies_along(self, plane: Plane) -> bool:
        """Whether a plane runs along slices of the grid, so that a slab of it is quick."""
        return self._grid_axis(plane) is not None

    def cut(
        self,
        plane: Plane,
        width_px: int,
        height_px: int,
        mm_per_px: float,
        *,
        interpolation: Interpolation = Interpolation.LINEAR,
        background: float = 0.0,
        slab: Slab | None = None,
    ) -> NDArray[Any]:
        """Return the picture of a plane, native dtype, shape (height, width).

        The plane's centre falls on pixel ((width - 1) / 2, (height - 1) / 2); the centre of
        pixel (c, r) lies ``mm_per_px`` times its distance from there along right and down.
        A voxel reaches half a voxel beyond its centre; outside that is background. A slab along
        the grid takes the slices whose centre lies in it, at least one; across the grid it is
        made of planes half the finest spacing apart or less.
        """
        if slab is not None and (along := self._grid_axis(plane)) is not None:
            thin, plane = self._flattened(along, plane, slab)
            return thin.cut(
                plane,
                width_px,
                height_px,
                mm_per_px,
                interpolation=interpolation,
                background=background,
            )
        corner = plane.to_mm(-mm_per_px * (width_px - 1) / 2, -mm_per_px * (height_px - 1) / 2)
        frame = np.eye(4)
        frame[:3, 0], frame[:3, 1], frame[:3, 2] = plane.right, plane.down, plane.normal
        frame[:3, 3] = corner
        reslice = self._filter
        reslice.SetResliceAxes(_matrix(self._to_index @ frame))
        reslice.SetOutputExtent(0, width_px - 1, 0, height_px - 1, 0, 0)
        reslice.SetOutputSpacing(mm_per_px, mm_per_px, 1.0)
        reslice.SetOutputOrigin(0.0, 0.0, 0.0)
        reslice.SetBackgroundLevel(background)
        if interpolation is Interpolation.LINEAR:
            reslice.SetInterpolationModeToLinear()
        else:
            reslice.SetInterpolationModeToNearestNeighbor()
        self._thicken(slab)
        reslice.Update()
        return _picture(reslice.GetOutput(), width_px, height_px)

    def _grid_axis(self, plane: Plane) -> int | None:
        """The grid axis (0 i, 1 j, 2 k) the plane lies across, or None where it is oblique."""
        across = self._to_index[:3, :3] @ np.array(plane.normal)
        in_plane = self._to_index[:3, :3] @ np.array([plane.right, plane.down]).T
        axis = int(np.argmax(np.abs(across)))
        return axis if np.abs(in_plane[axis]).max() < _ALONG * abs(across[axis]) else None

    def _flattened(self, axis: int, plane: Plane, slab: Slab) -> tuple[Reslicer, Plane]:
        """The slices of a slab as a volume of one slice, and the plane put into its middle."""
        affine = np.linalg.inv(self._to_index)
        step_mm = 1.0 / float(np.linalg.norm(self._to_index[axis, :3]))
        at = float((self._to_index @ np.array([*plane.centre, 1.0]))[axis])
        half, count = slab.thickness_mm / 2.0 / step_mm, self._voxels.shape[2 - axis]
        first = min(max(math.ceil(at - half - 1e-6), 0), count - 1)
        last = max(min(math.floor(at + half + 1e-6), count - 1), first)
        key = (axis, first, last, slab.mode)
        if self._flat is None or self._flat[0] != key:
            part = np.moveaxis(self._voxels, 2 - axis, 0)[first : last + 1]
            flat = np.expand_dims(_squeezed(part, slab.mode), 2 - axis)
            self._flat = (key, Reslicer(flat, affine))
        nearest = plane.centre + affine[:3, axis] * (0.0 - at)
        return self._flat[1], plane.through(
            (float(nearest[0]), float(nearest[1]), float(nearest[2]))
        )

    def _thicken(self, slab: Slab | None) -> None:
        """Planes of the slab lie ``gap`` apart; the output's third spacing is what VTK scales."""
        reslice = self._filter
        if slab is None:
            reslice.SetSlabNumberOfSlices(1)
            return
        count = max(2, math.ceil(2.0 * slab.thickness_mm / self.finest_mm) + 1)
        mode = {
            SlabMode.MIP: reslice.SetSlabModeToMax,
            SlabMode.MINIP: reslice.SetSlabModeToMin,
            SlabMode.MEAN: reslice.SetSlabModeToMean,
        }
        mode[slab.mode]()
        reslice.SetSlabNumberOfSlices(count)
        reslice.SetSlabTrapezoidIntegration(0)
        reslice.SetSlabSliceSpacingFraction(slab.thickness_mm / (count - 1))


def reslice(
    voxels: NDArray[Any],
    affine: NDArray[np.float64],
    plane: Plane,
    size_px: tuple[int, int],
    mm_per_px: float,
) -> NDArray[Any]:
    """Cut one plane, once, of ``size_px`` (width, height); for many keep a Reslicer."""
    return Reslicer(voxels, affine).cut(plane, size_px[0], size_px[1], mm_per_px)


def _squeezed(part: NDArray[Any], mode: SlabMode) -> NDArray[Any]:
    """Slices (n, a, b) as one picture (a, b) of the same type."""
    if mode is SlabMode.MIP:
        return np.asarray(part.max(axis=0))
    if mode is SlabMode.MINIP:
        return np.asarray(part.min(axis=0))
    mean = part.mean(axis=0, dtype=np.float64)
    return np.asarray(np.rint(mean) if part.dtype.kind in "iu" else mean).astype(part.dtype)


def _as_vtk_knows(voxels: NDArray[Any]) -> NDArray[Any]:
    if voxels.dtype == np.bool_:
        voxels = voxels.view(np.uint8)
    elif voxels.dtype.char not in _VTK_TYPES or not voxels.dtype.isnative:
        kind = np.float32 if voxels.dtype.kind == "f" else voxels.dtype.newbyteorder("=")
        voxels = voxels.astype(kind)
    return np.ascontiguousarray(voxels)


def _wrap(voxels: NDArray[Any]) -> vtkImageData:
    slices, rows, columns = voxels.shape
    image = vtkImageData()
    image.SetDimensions(columns, rows, slices)
    scalars = numpy_to_vtk(voxels.reshape(-1), deep=False)  # type: ignore[no-untyped-call] # VTK ships it untyped
    image.GetPointData().SetScalars(scalars)
    return image


def _reslice_filter(image: vtkImageData) -> vtkImageReslice:
    reslice = vtkImageReslice()
    reslice.SetInputData(image)
    reslice.SetOutputDimensionality(2)
    reslice.BorderOn()
    return reslice


def _matrix(values: NDArray[np.float64]) -> vtkMatrix4x4:
    matrix = vtkMatrix4x4()
    matrix.DeepCopy(values.ravel().tolist())
    return matrix


def _picture(output: vtkImageData, width_px: int, height_px: int) -> NDArray[Any]:
    scalars = output.GetPointData().GetScalars()
    pixels: NDArray[Any] = vtk_to_numpy(scalars)  # type: ignore[no-untyped-call] # VTK ships it untyped
    return pixels.reshape(height_px, width_px).copy()
