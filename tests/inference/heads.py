"""Heads made from the template: another size, another pose, another contrast, any grid."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from inference.measure.atlas import read_atlas
from inference.measure.regions import Region
from viewer.records import Geometry, GeometryKind, Volume

SIDE_OF = {"left": 1.0, "right": -1.0}


def pose(
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    degrees: tuple[float, float, float] = (0.0, 0.0, 0.0),
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> np.ndarray:
    """The map (4x4) from the template's LPS+ mm to the patient's."""
    made = np.diag([*scale, 1.0])
    for axis, angle in enumerate(np.radians(degrees)):
        one, other = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(4)
        turn[one, one] = turn[other, other] = np.cos(angle)
        turn[one, other], turn[other, one] = -np.sin(angle), np.sin(angle)
        made = turn @ made
    made[:3, 3] = shift_mm
    return made


def grid_of(plane: str, gap_mm: float = 6.0, pixel_mm: float = 1.6) -> tuple[np.ndarray, tuple]:
    """An affine and a shape that cover a head about the origin, in the plane's usual order."""
    axes = {
        "axial": ((1, 0, 0), (0, 1, 0), (0, 0, 1), 180),
        "coronal": ((1, 0, 0), (0, 0, -1), (0, 1, 0), 220),
        "sagittal": ((0, 1, 0), (0, 0, -1), (1, 0, 0), 170),
    }
    across, down, through, depth = axes[plane]
    side, count = round(240 / pixel_mm), round(depth / gap_mm)
    affine = np.eye(4)
    affine[:3, 0] = np.array(across) * pixel_mm
    affine[:3, 1] = np.array(down) * pixel_mm
    affine[:3, 2] = np.array(through) * gap_mm
    middle = np.array([(side - 1) / 2, (side - 1) / 2, (count - 1) / 2])
    affine[:3, 3] = -affine[:3, :3] @ middle
    return affine, (count, side, side)


def points_of(affine: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    k, j, i = np.indices(shape)
    return np.stack([i, j, k], axis=-1) @ affine[:3, :3].T + affine[:3, 3]


def head_of(
    patient: np.ndarray, affine: np.ndarray, shape: tuple[int, int, int], seed: int = 1
) -> Volume:
    """The template's head in a pose, seen with noise, a bias and a curve it was not drawn with."""
    atlas, rng = read_atlas(), np.random.default_rng(seed)
    back = np.linalg.inv(patient)
    points = points_of(affine, shape)
    there = points @ back[:3, :3].T + back[:3, 3]
    index = atlas.index(there.reshape(-1, 3)).T
    picture = ndimage.map_coordinates(atlas.enhanced.astype(np.float32), index, order=1)
    bias = 1 + 0.0015 * points[..., 1]
    voxels = 900 * (picture.reshape(shape) / 255) ** 1.4 * bias + rng.normal(0, 12, shape)
    return Volume(np.abs(voxels).astype(np.int16), affine, Geometry(GeometryKind.REGULAR, 0.0))


def spot(region: Region, side: str, radius_mm: float = 9.0) -> tuple[np.ndarray, float]:
    """The middle of a region on one side in the template's LPS+ mm, and a radius that fits it."""
    atlas = read_atlas()
    own = ndimage.distance_transform_edt(atlas.regions == region)
    x = (np.arange(own.shape[2]) - (own.shape[2] - 1) / 2) * SIDE_OF[side]
    own = np.where(x > 10, own, 0)
    k, j, i = np.unravel_index(int(own.argmax()), own.shape)
    place = atlas.affine @ np.array([i, j, k, 1.0])
    return place[:3], radius_mm


def ball(
    centre: np.ndarray, radius_mm: float, affine: np.ndarray, shape: tuple[int, int, int]
) -> np.ndarray:
    return np.linalg.norm(points_of(affine, shape) - centre, axis=-1) <= radius_mm
