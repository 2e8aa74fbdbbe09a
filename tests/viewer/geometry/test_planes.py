from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from viewer.errors import GeometryUnknownError
from viewer.geometry.planes import (
    Plane,
    PlaneKind,
    extent_mm,
    native_plane,
    orientation_letters,
    standard_planes,
)
from viewer.geometry.reslice import Interpolation, Reslicer
from viewer.records import Geometry, GeometryKind, Volume

SIZE = 17
MARK_MM = np.array([5.0, -4.0, 6.0])  # patient left, anterior, superior
TURNS = [
    (order, signs)
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
]


def marked_volume(order, signs) -> Volume:
    """A cube of 17 mm around the origin, one bright voxel at L-A-S, axes permuted and flipped."""
    affine = np.eye(4)
    affine[:3, :3] = np.eye(3)[list(order)].T * np.array(signs)
    affine[:3, 3] = -affine[:3, :3] @ np.full(3, (SIZE - 1) / 2)
    voxels = np.zeros((SIZE, SIZE, SIZE), np.int16)
    i, j, k = np.rint(np.linalg.solve(affine, [*MARK_MM, 1.0])[:3]).astype(int)
    voxels[k, j, i] = 1000
    return Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))


@pytest.mark.parametrize(("order", "signs"), TURNS)
def test_mark_at_left_anterior_superior_is_there_on_every_plane(order, signs):
    volume = marked_volume(order, signs)
    reslicer = Reslicer(volume.voxels, volume.affine)
    expected = {  # (screen x, screen y) in mm from the middle: right and down are positive
        PlaneKind.AXIAL: (5, -4),
        PlaneKind.CORONAL: (5, -6),
        PlaneKind.SAGITTAL: (-4, -6),
    }
    for kind, plane in standard_planes(volume).items():
        through = plane.at(float(np.dot(plane.normal, MARK_MM)))
        picture = reslicer.cut(through, SIZE, SIZE, 1.0)
        row, column = np.unravel_index(picture.argmax(), picture.shape)
        assert picture.max() == 1000
        assert (column - SIZE // 2, row - SIZE // 2) == expected[kind]


def test_standard_planes_have_the_radiological_letters():
    planes = standard_planes(marked_volume(*TURNS[5]))
    assert orientation_letters(planes[PlaneKind.AXIAL]) == ("R", "L", "A", "P")
    assert orientation_letters(planes[PlaneKind.CORONAL]) == ("R", "L", "H", "F")
    assert orientation_letters(planes[PlaneKind.SAGITTAL]) == ("A", "P", "H", "F")


@pytest.mark.parametrize(("order", "signs"), TURNS)
def test_letters_are_the_direction_cosines_of_the_edges(order, signs):
    axes = np.eye(3)[list(order)] * np.array(signs)[:, None]
    letters = orientation_letters(Plane((0, 0, 0), tuple(axes[0]), tuple(axes[1])))
    for letter, direction in zip(letters, (-axes[0], axes[0], -axes[1], axes[1]), strict=True):
        axis = int(np.abs(direction).argmax())
        assert letter == ("LPH" if direction[axis] > 0 else "RAF")[axis]


def test_an_oblique_edge_has_the_larger_letter_first():
    tilt = np.radians(30)
    plane = Plane((0, 0, 0), (np.cos(tilt), -np.sin(tilt), 0), (0, 0, -1))
    assert orientation_letters(plane) == ("RP", "LA", "H", "F")


def test_a_plane_at_voxel_centres_is_the_array_itself():
    voxels = np.random.default_rng(1).integers(-2000, 2000, (9, 30, 25)).astype(np.int16)
    affine = np.diag([-1.0, 1.0, 3.0, 1.0])
    volume = Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))
    reslicer = Reslicer(voxels, affine)
    for k in range(9):
        picture = reslicer.cut(native_plane(volume, k), 25, 30, 1.0)
        assert np.array_equal(picture, voxels[k])


def test_the_array_is_shared_not_copied():
    voxels = np.zeros((4, 8, 8), np.uint16)
    reslicer = Reslicer(voxels, np.eye(4))
    assert np.shares_memory(reslicer.voxels, voxels)


def test_an_oblique_plane_agrees_with_scipy():
    voxels = np.random.default_rng(2).normal(size=(20, 24, 28)).astype(np.float32)
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    affine = np.eye(4)
    affine[:3, :3] = turn * np.array([0.9, 1.1, 2.3])
    affine[:3, 3] = (11.0, -7.0, 3.0)
    volume = Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))
    axes = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    centre = volume.to_mm((13.5, 11.5, 9.5))
    plane = Plane(centre, tuple(axes[0]), tuple(axes[1]))
    picture = Reslicer(voxels, affine).cut(plane, 12, 10, 0.7)
    rows, columns = np.indices((10, 12))
    offsets = (columns - 5.5)[..., None] * 0.7 * axes[0] + (rows - 4.5)[..., None] * 0.7 * axes[1]
    index = (np.array(centre) + offsets - affine[:3, 3]) @ np.linalg.inv(affine[:3, :3]).T
    expected = map_coordinates(voxels, np.moveaxis(index[..., ::-1], -1, 0), order=1)
    assert np.allclose(picture, expected, atol=1e-4)


def test_labels_are_never_mixed_by_nearest():
    labels = np.random.default_rng(5).choice([0, 7], (10, 10, 10)).astype(np.uint8)
    volume = marked_volume(*TURNS[0])
    picture = Reslicer(labels, volume.affine).cut(
        standard_planes(volume)[PlaneKind.AXIAL], 50, 50, 0.3, interpolation=Interpolation.NEAREST
    )
    assert set(np.unique(picture)) <= {0, 7}


def test_outside_the_volume_is_background():
    reslicer = Reslicer(np.full((4, 4, 4), 9, np.int16), np.eye(4))
    plane = Plane((100.0, 0.0, 0.0), (1, 0, 0), (0, 1, 0))
    assert (reslicer.cut(plane, 5, 5, 1.0, background=-3) == -3).all()


def test_scrolling_steps_from_slice_to_slice():
    affine = np.diag([1.0, 1.0, 6.5, 1.0])
    affine[2, 3] = -20.0
    volume = Volume(np.zeros((5, 8, 8), np.int16), affine, Geometry(GeometryKind.REGULAR, 0.0))
    extent = extent_mm(volume, standard_planes(volume)[PlaneKind.AXIAL])
    assert extent == pytest.approx((-20.0, 6.0, 6.5))


def test_half_float_heat_maps_are_accepted():
    heat = np.ones((4, 4, 4), np.float16)
    picture = Reslicer(heat, np.eye(4)).cut(Plane((1, 1, 1), (1, 0, 0), (0, 1, 0)), 3, 3, 1.0)
    assert picture.dtype == np.float32
    assert (picture == 1).all()


def test_unknown_geometry_has_no_planes_but_its_own():
    volume = Volume(
        np.zeros((3, 4, 5), np.int16), np.eye(4), Geometry(GeometryKind.UNKNOWN, 0.0, "no position")
    )
    with pytest.raises(GeometryUnknownError, match="no position"):
        standard_planes(volume)
    assert native_plane(volume, 1).centre == (2.0, 1.5, 1.0)


def test_a_plane_with_crooked_vectors_cannot_exist():
    with pytest.raises(ValueError, match="perpendicular"):
        Plane((0, 0, 0), (1, 0, 0), (0.5, 1, 0))
