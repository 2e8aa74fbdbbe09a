"""A head of ellipsoids whose volumes are known, with the answer a perfect network would give."""

from __future__ import annotations

import numpy as np

from inference.models.anatomy_net import GRID, VOXEL_MM
from inference.models.structures import COUNT, INDEX, STRUCTURES
from inference.pipeline.anatomy import Answer
from inference.pipeline.anatomy_prepare import HeadGrid
from viewer.records import Geometry, GeometryKind, Volume

# Structure: centre of the left one and half axes, LPS+ mm; the right one is its mirror image.
PAIRS = {
    "cerebral cortex": ((33.0, 0.0, 5.0), (32.0, 78.0, 58.0)),
    "cerebral white matter": ((33.0, 0.0, 5.0), (27.0, 66.0, 48.0)),
    "lateral ventricle": ((14.0, 5.0, 15.0), (7.0, 24.0, 10.0)),
    "thalamus": ((12.0, 18.0, 2.0), (9.0, 14.0, 11.0)),
    "caudate": ((16.0, -15.0, 8.0), (6.5, 13.0, 9.0)),
    "putamen": ((27.0, -3.0, 2.0), (7.0, 15.0, 10.0)),
    "pallidum": ((18.0, 0.0, -1.0), (4.5, 9.0, 8.0)),
    "hippocampus": ((28.0, 22.0, -14.0), (7.5, 18.0, 6.5)),
    "amygdala": ((25.0, -3.0, -20.0), (7.0, 7.5, 7.0)),
    "cerebellar cortex": ((22.0, 55.0, -40.0), (24.0, 24.0, 18.0)),
}
SINGLES = {
    "brain stem": ((0.0, 22.0, -38.0), (13.0, 13.0, 24.0)),
    "third ventricle": ((0.0, 8.0, 0.0), (2.5, 11.0, 8.0)),
}
SKULL = ((0.0, 0.0, 0.0), (70.0, 86.0, 70.0))


def labelled(
    shape: tuple[int, int, int], affine: np.ndarray, scale: dict[str, float] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return classes and left (bool) of each voxel of a grid; ``scale`` grows left structures."""
    k, j, i = np.indices(shape)
    index = np.stack([i, j, k], -1).astype(np.float32)
    points = index @ affine[:3, :3].T.astype(np.float32) + affine[:3, 3].astype(np.float32)
    classes = np.zeros(shape, dtype=np.int64)
    classes[_inside(points, (0, 0, 0), (78, 96, 80))] = INDEX["other head"]
    classes[_inside(points, *SKULL)] = 2
    for name, (centre, axes) in PAIRS.items():
        for sign in (1, -1):
            grown = (scale or {}).get(name, 1.0) if sign > 0 else 1.0
            where = (sign * centre[0], centre[1], centre[2])
            classes[_inside(points, where, tuple(a * grown for a in axes))] = INDEX[name]
    for name, (centre, axes) in SINGLES.items():
        classes[_inside(points, centre, axes)] = INDEX[name]
    return classes, points[..., 0] > 0


def answer_of(scale: dict[str, float] | None = None, sure: float = 0.98) -> Answer:
    """Return the answer of a network that labels the phantom rightly."""
    affine = np.diag([VOXEL_MM, VOXEL_MM, VOXEL_MM, 1.0])
    affine[:3, 3] = -VOXEL_MM * (np.array(GRID[::-1]) - 1) / 2
    classes, left = labelled(GRID, affine, scale)
    likely = np.full((COUNT, *GRID), (1 - sure) / (COUNT - 1), dtype=np.float32)
    np.put_along_axis(likely, classes[None], np.float32(sure), 0)
    head = HeadGrid(classes.astype(np.float32), affine, VOXEL_MM)
    return Answer(likely, left.astype(np.float32), head)


def true_ml(name: str) -> float:
    """Return the volume of one side's ellipsoid; only right for structures nothing covers."""
    _, axes = (PAIRS | SINGLES)[name]
    return float(4 / 3 * np.pi * np.prod(axes) / 1000)


def t1_volume(affine: np.ndarray, shape: tuple[int, int, int]) -> Volume:
    """Return a picture of the phantom in the given geometry: brighter the higher the class."""
    classes, _ = labelled(shape, affine)
    voxels = np.where(classes > 0, 200 + classes * 20, 0).astype(np.int16)
    return Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))


NAMES = tuple(structure.name for structure in STRUCTURES)


def _inside(points: np.ndarray, centre: tuple[float, ...], axes: tuple[float, ...]) -> np.ndarray:
    away = (points - np.float32(centre)) / np.float32(axes)
    return np.einsum("...i,...i->...", away, away) < 1
