"""Claims about every geometry trap: voxels lie where the slices say, or the reader is told."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.viewer.dicom.geometry_series import RECIPES, write
from tests.viewer.dicom.placing import corner_placement, ramp_error
from viewer.geometry.gate import EXACT_MM
from viewer.records import GeometryKind

REGULAR = [recipe for recipe in RECIPES if recipe.expected == "regular"]
REGULARISED = [recipe for recipe in RECIPES if recipe.expected == "regularised"]
UNKNOWN = [recipe for recipe in RECIPES if recipe.expected == "unknown"]


def named(recipe):
    return recipe.name


def placed(heard):
    return [(series.volume.voxels, series.volume.affine) for series in heard.series]


def test_the_list_covers_the_design():
    assert len(RECIPES) == 27
    assert len({recipe.name for recipe in RECIPES}) == 27


@pytest.mark.parametrize("recipe", REGULAR, ids=named)
def test_every_corner_lies_where_its_slice_says(recipe, tmp_path, read_here):
    truth = write(recipe, tmp_path / "s")
    heard = read_here(tmp_path / "s")
    assert not heard.rejected
    assert len(heard.series) == truth.volumes
    placement = corner_placement(placed(heard), truth)
    assert placement.lost == 0
    assert placement.worst_mm <= EXACT_MM
    for series in heard.series:
        assert series.volume.geometry.kind is GeometryKind.REGULAR
        assert series.volume.geometry.max_corner_error_mm <= EXACT_MM
    voxels = sum(series.volume.voxels.size for series in heard.series)
    assert voxels == truth.pixels.size


@pytest.mark.parametrize("recipe", REGULAR, ids=named)
def test_no_volume_mixes_what_belongs_apart(recipe, tmp_path, read_here):
    truth = write(recipe, tmp_path / "s")
    owner = {
        int(code): one.volume
        for one, pixels in zip(truth.slices, truth.pixels, strict=True)
        for code in pixels[0, :1]
    }
    for series in read_here(tmp_path / "s").series:
        found = {owner[code] for code in np.unique(series.volume.voxels).tolist() if code in owner}
        assert len(found) == 1


@pytest.mark.parametrize("recipe", REGULARISED, ids=named)
def test_an_uneven_stack_is_resampled_to_the_right_values_and_says_so(recipe, tmp_path, read_here):
    truth = write(recipe, tmp_path / "s", "ramp")
    (series,) = read_here(tmp_path / "s").series
    volume = series.volume
    assert volume.geometry.kind is GeometryKind.REGULARISED
    assert volume.geometry.max_corner_error_mm > EXACT_MM
    assert "resampled" in volume.geometry.note
    assert volume.geometry.note in series.notes
    error, looked_at = ramp_error((volume.voxels, volume.affine), truth)
    assert looked_at > 0.5 * truth.pixels.size
    assert error <= 1.0 + 1e-6
    _, corners = truth.points()
    shape = np.array(volume.voxels.shape)[::-1]
    at = np.array([volume.to_index(tuple(corner)) for corner in corners])
    assert (at > -0.5).all()
    assert (at < shape - 0.5).all()


@pytest.mark.parametrize("recipe", UNKNOWN, ids=named)
def test_what_is_not_known_is_shown_without_millimetres(recipe, tmp_path, read_here):
    truth = write(recipe, tmp_path / "s")
    (series,) = read_here(tmp_path / "s").series
    assert series.volume.geometry.kind is GeometryKind.UNKNOWN
    assert "no millimetres" in series.volume.geometry.note
    assert np.array_equal(series.volume.voxels, truth.pixels)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_measure_would_catch_a_flip(axis, tmp_path, read_here):
    """The broken variant: the same affine over flipped voxels is centimetres off."""
    truth = write(RECIPES[0], tmp_path / "s")
    volume = read_here(tmp_path / "s").series[0].volume
    wrong = corner_placement([(np.flip(volume.voxels, axis), volume.affine)], truth)
    assert wrong.worst_mm > 10


def test_the_measure_would_catch_a_lost_slice_and_a_wrong_spacing(tmp_path, read_here):
    truth = write(RECIPES[0], tmp_path / "s")
    volume = read_here(tmp_path / "s").series[0].volume
    assert corner_placement([(volume.voxels[:-1], volume.affine)], truth).lost == 4
    stretched = volume.affine @ np.diag([1.0, 1.0, 1.001, 1.0])
    assert corner_placement([(volume.voxels, stretched)], truth).worst_mm > EXACT_MM


def test_the_measure_would_catch_a_shear_left_in(tmp_path, read_here):
    """The broken variant: a sheared stack taken as it comes is millimetres off."""
    sheared = next(recipe for recipe in RECIPES if recipe.name == "sheared")
    truth = write(sheared, tmp_path / "s", "ramp")
    (series,) = read_here(tmp_path / "s").series
    straight = (truth.pixels, series.volume.affine)
    error, _ = ramp_error(straight, truth)
    assert error > 100


def test_spacing_of_the_detector_is_never_taken_for_the_patients(tmp_path, read_here):
    recipe = next(recipe for recipe in RECIPES if recipe.name == "no pixel spacing")
    spoilt = dataclasses.replace(
        recipe,
        make=lambda: [
            dataclasses.replace(one, extra={**one.extra, "ImagerPixelSpacing": [0.2, 0.2]})
            for one in recipe.make()
        ],
    )
    write(spoilt, tmp_path / "s")
    (series,) = read_here(tmp_path / "s").series
    assert series.volume.geometry.kind is GeometryKind.UNKNOWN
    assert "0018,1164" in series.volume.geometry.note
    assert series.volume.spacing_mm == pytest.approx((1.0, 1.0, 1.0))
